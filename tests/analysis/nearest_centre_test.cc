#include "nearest_centre.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "akin/kernels/distance.h"
#include "points.h"

namespace akin::analysis {
namespace {

std::vector<kernels::BestTwo> find_all(const NearestCentre& nearest, MatrixView<const float> rows) {
  std::vector<kernels::BestTwo> found(rows.rows());
  NearestCentre::Scratch scratch;
  for (std::size_t r = 0; r < rows.rows(); r += NearestCentre::kRowsAtOnce) {
    const std::size_t n = std::min(NearestCentre::kRowsAtOnce, rows.rows() - r);
    nearest.find(rows.middle_rows(r, n), std::span(found).subspan(r, n), scratch);
  }
  return found;
}

TEST(NearestCentre, IsTheOneWhoseDistanceIsLeast) {
  for (const std::size_t k : {1, 2, 511, 512, 513, 1100}) {
    const Matrix<float> rows = blobs(700, 20, 50, 1, 1), centres = blobs(k, 20, 50, 1, 2);
    const auto found = find_all(NearestCentre(centres.view(), false), rows.view());
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      float least = std::numeric_limits<float>::infinity();
      for (std::size_t c = 0; c < k; ++c) least = std::min(least, kernels::squared_l2(rows.row(r), centres.row(c)));
      // Scores are sums of 20 products of numbers up to 170 and of ‖c‖²/2 up to 2,000: a few hundred roundings of 1e-4.
      EXPECT_NEAR(kernels::squared_l2(rows.row(r), centres.row(found[r].column)), least, 2e-2) << k;
    }
  }
}

TEST(NearestCentre, IsTheFirstOfEqualOnes) {
  const Matrix<float> rows = equal_rows(5, 3, 1), centres = equal_rows(1000, 3, 2);
  for (const kernels::BestTwo& found : find_all(NearestCentre(centres.view(), false), rows.view())) {
    EXPECT_EQ(found.column, 0U);
    EXPECT_EQ(found.best, found.second);
  }
}

TEST(NearestCentre, GivesARowTheSameBitsWhateverComesWithIt) {
  const Matrix<float> rows = blobs(300, 33, 9, 2, 1), centres = blobs(40, 33, 9, 2, 2);
  const NearestCentre nearest(centres.view(), false);
  const auto together = find_all(nearest, rows.view());
  for (std::size_t r = 0; r < rows.rows(); ++r) EXPECT_EQ(find_all(nearest, rows.view().middle_rows(r, 1))[0].best, together[r].best);
}

TEST(NearestCentre, ByHalvesIsOffByNoMoreThanItSays) {
  const Matrix<float> rows = blobs(200, 70, 50, 1, 1), centres = blobs(600, 70, 50, 1, 2);
  const NearestCentre nearest(centres.view(), false, true);
  const auto exact = find_all(nearest, rows.view());
  std::vector<kernels::BestTwo> found(200);
  kernels::GemmRows halves;
  NearestCentre::Scratch scratch;
  kernels::prepare_rows(rows.view(), kernels::GemmType::bf16, halves);
  nearest.find_by_halves(halves, found, scratch);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    const float error = nearest.half_error(std::sqrt(kernels::dot(rows.row(r), rows.row(r))));
    EXPECT_NEAR(found[r].best, exact[r].best, error);
    EXPECT_GT(error, 0);
  }
}

TEST(NearestCentre, ByAngleGoesByTheProductAlone) {
  Matrix<float> centres(2, 2), rows(1, 2);
  centres(0, 0) = 1, centres(1, 0) = 10;
  rows(0, 0) = 1;
  EXPECT_EQ(find_all(NearestCentre(centres.view(), false), rows.view())[0].column, 0U);
  EXPECT_EQ(find_all(NearestCentre(centres.view(), true), rows.view())[0].column, 1U);
}

}  // namespace
}  // namespace akin::analysis
