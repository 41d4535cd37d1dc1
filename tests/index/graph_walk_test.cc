// The beam keeps the nearest in order, and a walk finds what a look at every node finds.
#include "graph_walk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "akin/base/rng.h"

namespace akin {
namespace {

TEST(BeamEntry, OrdersByEstimateThenByNode) {
  const std::vector<float> rising = {-1e30F, -2, -1, -0.5F, 0, 1e-30F, 0.5F, 1, 3e30F};
  for (std::size_t i = 0; i < rising.size(); ++i) {
    const BeamEntry entry(rising[i], 7);
    EXPECT_EQ(entry.estimate(), rising[i]);
    EXPECT_EQ(entry.node(), 7U);
    if (i > 0) {
      EXPECT_TRUE(BeamEntry(rising[i - 1], 9) < entry);
    }
    EXPECT_TRUE(entry < BeamEntry(rising[i], 8));
  }
  BeamEntry last(1, static_cast<std::uint32_t>(kMostNodes));
  last.set_followed();
  EXPECT_EQ(last.node(), kMostNodes);
  EXPECT_TRUE(last.followed());
}

TEST(Beam, KeepsTheNearestInOrder) {
  Rng rng(1);
  Beam beam;
  for (const std::size_t capacity : {1, 2, 10}) {
    beam.reset(capacity);
    std::vector<float> all;
    for (std::uint32_t node = 0; node < 50; ++node) {
      all.push_back(static_cast<float>(rng.below(1000)));
      const std::size_t place = beam.push({all.back(), node});
      if (place < capacity) {
        EXPECT_EQ(beam[place].node(), node);
      }
    }
    std::sort(all.begin(), all.end());
    ASSERT_EQ(beam.size(), capacity);
    EXPECT_TRUE(beam.full());
    for (std::size_t i = 0; i < capacity; ++i) EXPECT_EQ(beam[i].estimate(), all[i]);
  }
}

// Rows on a line, each linked to the two beside it: the walk must go all the way.
struct Line {
  explicit Line(std::size_t n) : rows(n, 1), links(n, 3) {
    for (std::size_t i = 0; i < n; ++i) {
      rows(i, 0) = static_cast<float>(i);
      std::vector<std::uint32_t> beside;
      if (i > 0) beside.push_back(static_cast<std::uint32_t>(i - 1));
      if (i + 1 < n) beside.push_back(static_cast<std::uint32_t>(i + 1));
      for (std::size_t j = 0; j < 3; ++j) links(i, j) = j < beside.size() ? beside[j] : kNoLink;
      order.push_back(static_cast<std::uint32_t>(i));
    }
    Context context(1);
    const VectorSet set(rows.view());
    codes = CodeTable::encode(set, CodeTable::frame_of(set, Metric::euclidean, context), 8, order, context);
  }
  std::vector<std::uint32_t> find(float at, const WalkOptions& options, std::size_t n_entries = 1) {
    Matrix<std::int8_t> room(1, codes.query_size());
    const CodeQuery query = codes.encode_query({&at, 1}, room.row(0));
    std::vector<std::uint32_t> nodes;
    for (const BeamEntry& entry : walk.find({&codes, links.view(), n_entries}, query, options)) nodes.push_back(entry.node());
    return nodes;
  }
  Matrix<float> rows;
  Matrix<std::uint32_t> links;
  std::vector<std::uint32_t> order;
  CodeTable codes;
  GraphWalk walk;
};

TEST(GraphWalk, GoesToTheQueryHoweverFarItIs) {
  Line line(200);
  EXPECT_EQ(line.find(150.1F, {.beam = 3}), (std::vector<std::uint32_t>{150, 151, 149}));
  EXPECT_EQ(line.find(0, {.beam = 2}), (std::vector<std::uint32_t>{0, 1})) << "marks of the walk before are gone";
}

TEST(GraphWalk, BeginsAtTheNearestEntry) {
  Line line(200);
  line.find(99, {.beam = 3}, 100);
  EXPECT_LT(line.walk.n_estimates(), 110U);
}

TEST(GraphWalk, CollectsOnlyKeptNodesAndWalksOverTheOthers) {
  Line line(200);
  std::vector<std::uint64_t> bits(4);
  for (const std::size_t row : {3, 140, 160, 190}) bits[row / 64] |= std::uint64_t{1} << row % 64;
  EXPECT_EQ(line.find(149, {.beam = 2, .kept = {bits, line.order}, .wide_beam = 50}), (std::vector<std::uint32_t>{140, 160}));
}

TEST(GraphWalk, DoesNotSeeAHiddenNode) {
  Line line(200);
  const std::vector<std::uint32_t> found = line.find(20, {.beam = 4, .hidden = 21});
  EXPECT_EQ(std::ranges::count(found, 21U), 0);
  EXPECT_EQ(found.front(), 20U);
}

}  // namespace
}  // namespace akin
