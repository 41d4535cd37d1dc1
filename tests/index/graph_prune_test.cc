// Links lead in all directions: of nodes that stand together one is enough.
#include "graph_prune.h"

#include <gtest/gtest.h>

#include <numeric>

#include "akin/base/context.h"

namespace akin {
namespace {

CodeTable table_of(const Matrix<float>& rows) {
  Context context(1);
  const VectorSet set(rows.view());
  std::vector<std::uint32_t> order(rows.rows());
  std::iota(order.begin(), order.end(), 0U);
  return CodeTable::encode(set, CodeTable::frame_of(set, Metric::euclidean, context), 8, order, context);
}

// Node 0 in the middle, two nodes together on its right, one on its left, further away.
Matrix<float> few_rows() {
  Matrix<float> rows(4, 2);
  rows(1, 0) = 1;
  rows(2, 0) = 1.1F;
  rows(3, 0) = -2;
  return rows;
}

TEST(GraphPrune, LinksToOneOfTwoThatStandTogether) {
  const CodeTable table = table_of(few_rows());
  GraphPrune prune(table, 1.2F);
  std::vector<std::uint32_t> candidates = {3, 2, 1};
  const auto links = prune.choose(0, candidates, 10);
  EXPECT_EQ(std::vector(links.begin(), links.end()), (std::vector<std::uint32_t>{1, 3}));
}

TEST(GraphPrune, TakesTheNearestWhenThereIsRoomForOne) {
  const CodeTable table = table_of(few_rows());
  GraphPrune prune(table, 1.2F);
  std::vector<std::uint32_t> candidates = {3, 1};
  const auto links = prune.choose(0, candidates, 1);
  EXPECT_EQ(std::vector(links.begin(), links.end()), (std::vector<std::uint32_t>{1}));
}

TEST(GraphPrune, IgnoresRepeatsAndTheNodeItself) {
  const CodeTable table = table_of(few_rows());
  GraphPrune prune(table, 1.2F);
  std::vector<std::uint32_t> candidates = {3, 0, 1, 3, 1, 0};
  const auto links = prune.choose(0, candidates, 10);
  EXPECT_EQ(std::vector(links.begin(), links.end()), (std::vector<std::uint32_t>{1, 3}));
}

TEST(GraphPrune, LinksOnceToEqualRows) {
  const CodeTable table = table_of(Matrix<float>(5, 3));
  GraphPrune prune(table, 1.2F);
  std::vector<std::uint32_t> candidates = {1, 2, 3, 4};
  EXPECT_EQ(prune.choose(0, candidates, 10).size(), 1U);
}

}  // namespace
}  // namespace akin
