#include "kmeans_start.h"

#include <gtest/gtest.h>

#include <set>

#include "points.h"

namespace akin::analysis {
namespace {

TEST(KMeansStart, TakesARowOfEachOfFarGroups) {
  const Matrix<float> rows = blobs(6000, 5, 12, 0.01F, 4);
  Context context(2);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Rng rng(seed);
    std::set<std::size_t> groups;
    for (const std::size_t row : spread_rows(rows.view(), 12, rng, context)) groups.insert(row % 12);
    EXPECT_EQ(groups.size(), 12U) << seed;
  }
}

TEST(KMeansStart, FillsUpWithTheFirstRowsWhereAllLieOnThoseDrawn) {
  const Matrix<float> rows = equal_rows(10, 3, 0.1F);
  Context context(2);
  Rng rng(1);
  const std::vector<std::size_t> taken = spread_rows(rows.view(), 10, rng, context);
  EXPECT_EQ(std::set<std::size_t>(taken.begin(), taken.end()).size(), 10U);
}

TEST(KMeansStart, IsTheSameOnOneThreadAndOnTwo) {
  const Matrix<float> rows = blobs(9000, 7, 30, 3, 4);
  Context one(1), two(2);
  Rng first(5), second(5);
  EXPECT_EQ(spread_rows(rows.view(), 30, first, one), spread_rows(rows.view(), 30, second, two));
}

}  // namespace
}  // namespace akin::analysis
