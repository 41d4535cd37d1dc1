// Which way a search goes, by how much its filter keeps.
#include "dense_plan.h"

#include <gtest/gtest.h>

namespace akin::store {
namespace {

TEST(DensePlan, LooksAtAllRowsWithoutAFilter) { EXPECT_EQ(dense_way(1000, 1000, false), DenseWay::all_rows); }

TEST(DensePlan, DoesNothingWhereNothingPasses) {
  EXPECT_EQ(dense_way(1000, 0, true), DenseWay::nothing);
  EXPECT_EQ(dense_way(0, 0, false), DenseWay::nothing);
}

TEST(DensePlan, ListsFewRowsAndMarksMany) {
  EXPECT_EQ(dense_way(6400, 1, true), DenseWay::listed_rows);
  EXPECT_EQ(dense_way(6400, 100, true), DenseWay::listed_rows);
  EXPECT_EQ(dense_way(6400, 101, true), DenseWay::marked_rows);
  EXPECT_EQ(dense_way(6400, 6400, true), DenseWay::marked_rows);
  EXPECT_EQ(dense_way(3, 1, true), DenseWay::marked_rows);
}

TEST(DensePlan, HasANameForEachWay) {
  for (const DenseWay way : {DenseWay::nothing, DenseWay::all_rows, DenseWay::listed_rows, DenseWay::marked_rows, DenseWay::graph})
    EXPECT_FALSE(name_of(way).empty());
}

}  // namespace
}  // namespace akin::store
