// The graph that batches build: the same on any number of threads, of bounded degree, with every node in reach.
#include "graph_build.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "akin/base/error.h"
#include "akin/base/rng.h"

namespace akin {
namespace {

struct Built {
  CodeTable codes;
  GrowingLinks links;
};

Built build(std::size_t n, const GraphBuildOptions& options, Context& context) {
  Rng rng(1);
  Matrix<float> rows(n, 24);
  for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] = rng.normal();
  const VectorSet set(rows.view());
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  CodeTable codes = CodeTable::encode(set, CodeTable::frame_of(set, Metric::cosine, context), 8, order, context);
  GrowingLinks links(n, options.degree);
  add_nodes(links, 0, {&codes, &codes}, options, context);
  return {std::move(codes), std::move(links)};
}

TEST(GraphBuild, DoesNotDependOnTheNumberOfThreads) {
  const GraphBuildOptions options{12, 24, 1.2F};
  Context one(1), three(3);
  const Built a = build(3000, options, one), b = build(3000, options, three);
  EXPECT_TRUE(std::equal(a.links.links.data(), a.links.links.data() + a.links.links.size(), b.links.links.data()));
  EXPECT_EQ(a.links.counts, b.links.counts);
}

TEST(GraphBuild, LinksEveryNodeWithinTheDegree) {
  Context context(2);
  for (const std::size_t n : {1, 2, 3, 17, 500}) {
    const Built built = build(n, {8, 16, 1.2F}, context);
    for (std::uint32_t node = 0; node < n; ++node) {
      const auto links = built.links.of(node);
      EXPECT_LE(links.size(), 8U);
      EXPECT_EQ(links.empty(), n == 1);
      std::vector<std::uint32_t> sorted(links.begin(), links.end());
      std::sort(sorted.begin(), sorted.end());
      EXPECT_EQ(std::adjacent_find(sorted.begin(), sorted.end()), sorted.end()) << "a link twice";
      for (const std::uint32_t link : links) EXPECT_TRUE(link < n && link != node);
    }
  }
}

TEST(GraphBuild, OrdersNodesWithTheEntriesFirst) {
  Context context(2);
  const Built built = build(500, {8, 16, 1.2F}, context);
  std::vector<std::uint32_t> order = local_order(built.links, 22);
  for (std::uint32_t i = 0; i < 22; ++i) EXPECT_EQ(order[i], i);
  std::sort(order.begin(), order.end());
  for (std::uint32_t i = 0; i < 500; ++i) EXPECT_EQ(order[i], i) << "each node once";
}

TEST(GraphBuild, StopsWhenCancelled) {
  Context context(2);
  context.cancel.cancel();
  EXPECT_THROW(build(500, {8, 16, 1.2F}, context), Error);
}

}  // namespace
}  // namespace akin
