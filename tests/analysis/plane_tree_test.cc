#include "plane_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "akin/base/rng.h"

namespace akin::analysis {
namespace {

struct Points {
  explicit Points(std::size_t n) : x(n), y(n) {
    Rng rng(4);
    for (std::size_t i = 0; i < n; ++i) {
      x[i] = 10 * rng.normal();
      y[i] = rng.normal() + (i % 3 == 0 ? 30.0F : 0.0F);
    }
  }
  std::vector<float> x, y;
};

TEST(PlaneTree, HoldsEveryPointOnceInItsCell) {
  const Points points(3000);
  Context context(2);
  PlaneTree tree;
  tree.build(points.x, points.y, context);
  std::vector<std::uint32_t> order(tree.order().begin(), tree.order().end());
  std::ranges::sort(order);
  for (std::uint32_t i = 0; i < 3000; ++i) ASSERT_EQ(order[i], i);
  std::size_t covered = 0;
  for (const std::uint32_t l : tree.leaves()) {
    const PlaneTree::Cell& leaf = tree.cells()[l];
    EXPECT_EQ(leaf.begin, covered);
    covered = leaf.end;
    EXPECT_LE(leaf.end - leaf.begin, PlaneTree::kLeaf);
  }
  EXPECT_EQ(covered, 3000U);
  for (const PlaneTree::Cell& cell : tree.cells()) {
    const PlaneTree::Box box = tree.box_of(cell);
    EXPECT_LE(box.high_x - box.low_x, cell.side * 1.0001F);
    EXPECT_LE(box.high_y - box.low_y, cell.side * 1.0001F);
    EXPECT_GE(cell.x, box.low_x - 1e-4F);
    EXPECT_LE(cell.x, box.high_x + 1e-4F);
  }
}

TEST(PlaneTree, CollectsEveryPointOnceAndFarOnesTogether) {
  const Points points(3000);
  Context context(2);
  PlaneTree tree;
  tree.build(points.x, points.y, context);
  PlaneTree::Sources sources;
  for (const float theta : {0.0F, 0.5F, 1.0F}) {
    tree.collect({0, 0, 0, 0}, theta, sources);
    EXPECT_EQ(std::accumulate(sources.mass.begin(), sources.mass.end(), 0.0F), 3000.0F);
    if (theta == 0) {
      EXPECT_EQ(sources.x.size(), 3000U);
    } else {
      EXPECT_LT(sources.x.size(), 600U);
    }
  }
}

TEST(PlaneTree, OfEqualPointsEnds) {
  const std::vector<float> x(500, 1.0F), y(500, -2.0F);
  Context context(1);
  PlaneTree tree;
  tree.build(x, y, context);
  EXPECT_EQ(tree.leaves().size(), 1U);
  EXPECT_EQ(tree.cells().back().x, 1.0F);
  tree.build(std::span(x).first(1), std::span(y).first(1), context);
  EXPECT_EQ(tree.cells().size(), 1U);
}

}  // namespace
}  // namespace akin::analysis
