#include "edge_rounds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "akin/base/rng.h"

namespace akin::analysis {
namespace {

/// Both directions of each of some edges.
SparseGraph graph_of(std::size_t n, const std::map<std::pair<std::uint32_t, std::uint32_t>, float>& edges) {
  std::vector<std::vector<std::pair<std::uint32_t, float>>> rows(n);
  for (const auto& [ends, weight] : edges) {
    rows[ends.first].emplace_back(ends.second, weight);
    rows[ends.second].emplace_back(ends.first, weight);
  }
  SparseGraph graph;
  graph.begins.push_back(0);
  for (auto& row : rows) {
    std::ranges::sort(row);
    for (const auto& [other, weight] : row) {
      graph.others.push_back(other);
      graph.weights.push_back(weight);
    }
    graph.begins.push_back(graph.others.size());
  }
  return graph;
}

TEST(EdgeRounds, HoldEveryEdgeOnceAndNoVertexTwiceInARound) {
  Rng rng(2);
  std::map<std::pair<std::uint32_t, std::uint32_t>, float> edges;
  for (int i = 0; i < 4000; ++i) {
    const auto a = static_cast<std::uint32_t>(rng.below(500)),
               b = static_cast<std::uint32_t>(rng.below(i % 4 == 0 ? 3 : 500));  // three hubs
    if (a != b) edges[{std::min(a, b), std::max(a, b)}] = rng.uniform();
  }
  const SparseGraph graph = graph_of(500, edges);
  std::size_t busiest = 0;
  for (std::size_t v = 0; v < 500; ++v) busiest = std::max(busiest, graph.others_of(v).size());
  const EdgeRounds rounds = edge_rounds(graph, 0.1F);
  EXPECT_LT(rounds.size(), 2 * busiest);
  std::erase_if(edges, [](const auto& edge) { return edge.second < 0.1F; });
  std::map<std::pair<std::uint32_t, std::uint32_t>, float> found;
  for (std::size_t round = 0; round < rounds.size(); ++round) {
    std::set<std::uint32_t> ends;
    for (std::size_t e = rounds.begins[round]; e < rounds.begins[round + 1]; ++e) {
      EXPECT_TRUE(ends.insert(rounds.heads[e]).second);
      EXPECT_TRUE(ends.insert(rounds.tails[e]).second);
      found[{rounds.heads[e], rounds.tails[e]}] = rounds.weights[e];
    }
    EXPECT_FALSE(ends.empty());
  }
  EXPECT_EQ(rounds.heads.size(), edges.size());
  EXPECT_EQ(found, edges);
}

TEST(EdgeRounds, OfAStarHaveOneEdgeEach) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, float> edges;
  for (std::uint32_t v = 1; v < 300; ++v) edges[{0, v}] = 1;
  const EdgeRounds rounds = edge_rounds(graph_of(300, edges), 0);
  ASSERT_EQ(rounds.size(), 299U);
  for (std::size_t round = 0; round < 299; ++round) EXPECT_EQ(rounds.begins[round + 1] - rounds.begins[round], 1U);
}

TEST(EdgeRounds, OfStarsOfAHundredThousandTakeLittleMemory) {
  // As bits, the rounds of so many ends would be gigabytes.
  constexpr std::uint32_t kEnds = 100'000;
  std::map<std::pair<std::uint32_t, std::uint32_t>, float> edges;
  for (std::uint32_t v = 2; v < kEnds; ++v) edges[{0, v}] = edges[{1, v}] = 1;
  const EdgeRounds rounds = edge_rounds(graph_of(kEnds, edges), 0);
  EXPECT_GE(rounds.size(), kEnds - 2);
  EXPECT_EQ(rounds.heads.size(), 2 * (kEnds - 2));
}

TEST(EdgeRounds, OfNoEdgesAreNone) {
  EXPECT_EQ(edge_rounds(graph_of(3, {}), 0).size(), 0U);
  EXPECT_EQ(edge_rounds(graph_of(2, {{{0, 1}, 0.5F}}), 0.6F).size(), 0U);
}

}  // namespace
}  // namespace akin::analysis
