#include "centre_sums.h"

#include <gtest/gtest.h>

#include "points.h"

namespace akin::analysis {
namespace {

TEST(CentreSums, AreTheMeansOfTheRowsThatCameAndStayed) {
  const Matrix<float> rows = blobs(30, 70, 3, 1, 1);
  Context context(2);
  CentreSums sums(3, 70);
  std::vector<RowMove> moves;
  for (std::uint32_t r = 0; r < 30; ++r) moves.push_back({r, kNoCluster, 0});
  sums.apply(rows.view(), moves, context);
  moves.clear();
  for (std::uint32_t r = 0; r < 30; ++r) moves.push_back({r, 0, r < 10 ? 1 : kNoCluster});
  sums.apply(rows.view(), moves, context);
  EXPECT_EQ(sums.sizes(), (std::vector<std::size_t>{0, 10, 0}));

  Matrix<float> centres(3, 70);
  centres(0, 5) = 42;
  sums.write_centres(centres.view(), false);
  EXPECT_EQ(centres(0, 5), 42) << "a centre without rows stays";
  for (std::size_t c = 0; c < 70; ++c) {
    double mean = 0;
    for (std::size_t r = 0; r < 10; ++r) mean += static_cast<double>(rows(r, c)) / 10;
    EXPECT_NEAR(centres(1, c), mean, 1e-6);  // one rounding to float of a number below 16
  }
}

TEST(CentreSums, HaveLengthOneByAngleUnlessTheyAreZero) {
  Matrix<float> rows(4, 2);
  rows(0, 0) = 3, rows(1, 1) = 4, rows(2, 0) = 1, rows(3, 0) = -1;
  Context context(1);
  CentreSums sums(2, 2);
  const RowMove moves[] = {{0, kNoCluster, 0}, {1, kNoCluster, 0}, {2, kNoCluster, 1}, {3, kNoCluster, 1}};
  sums.apply(rows.view(), moves, context);
  Matrix<float> centres(2, 2);
  centres(1, 1) = 1;
  sums.write_centres(centres.view(), true);
  EXPECT_FLOAT_EQ(centres(0, 0), 0.6F);
  EXPECT_FLOAT_EQ(centres(0, 1), 0.8F);
  EXPECT_EQ(centres(1, 1), 1) << "rows that cancel each other out leave the centre where it was";
}

}  // namespace
}  // namespace akin::analysis
