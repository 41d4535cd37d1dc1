#include "lloyd.h"

#include <gtest/gtest.h>

#include "akin/space/normalize.h"
#include "points.h"

namespace akin::analysis {
namespace {

KMeansResult run(MatrixView<const float> rows, std::size_t k, LloydOptions options, bool with_bounds) {
  Context context(2);
  options.with_bounds = with_bounds;
  Matrix<float> start = Matrix<float>::uninitialized(k, rows.cols());
  for (std::size_t c = 0; c < k; ++c) std::ranges::copy(rows.row(c * 7), start.row(c).begin());
  return Lloyd(rows, options, std::move(start), context).run();
}

void expect_same(const KMeansResult& a, const KMeansResult& b) {
  EXPECT_EQ(a.labels, b.labels);
  EXPECT_EQ(a.inertia, b.inertia);
  EXPECT_EQ(a.n_iterations, b.n_iterations);
  EXPECT_TRUE(std::equal(a.centres.data(), a.centres.data() + a.centres.size(), b.centres.data()));
}

TEST(Lloyd, HasTheSameBitsWithAndWithoutBounds) {
  for (const std::size_t dim : {1, 2, 9, 40}) {
    for (const float spread : {0.01F, 1.0F, 4.0F}) {
      const Matrix<float> rows = blobs(6000, dim, 25, spread, dim);
      expect_same(run(rows.view(), 30, {.max_iterations = 40}, true), run(rows.view(), 30, {.max_iterations = 40}, false));
    }
  }
}

TEST(Lloyd, HasTheSameBitsByAngleToo) {
  Matrix<float> rows = blobs(6000, 12, 25, 2, 1);
  Context context(2);
  normalize_rows(rows.view(), context);
  const LloydOptions options{.max_iterations = 40, .by_angle = true};
  expect_same(run(rows.view(), 30, options, true), run(rows.view(), 30, options, false));
}

TEST(Lloyd, HasTheSameBitsWhereRowsAreEqual) {
  Matrix<float> rows = blobs(3000, 3, 10, 0, 1);  // ten places
  expect_same(run(rows.view(), 14, {}, true), run(rows.view(), 14, {}, false));
}

TEST(Lloyd, HasTheSameBitsWithAndWithoutHalves) {
  for (const bool by_angle : {false, true}) {
    Matrix<float> rows = blobs(5000, 80, 50, 6, 1);  // groups that overlap: many rows lie between two centres
    Context context(2);
    if (by_angle) normalize_rows(rows.view(), context);
    LloydOptions options{.max_iterations = 25, .by_angle = by_angle};
    const KMeansResult with = run(rows.view(), 40, options, true);
    options.with_halves = false;
    expect_same(with, run(rows.view(), 40, options, true));
    expect_same(with, run(rows.view(), 40, options, false));
  }
}

TEST(Lloyd, EndsWhenNoRowChangesOrTheCentresStandStill) {
  const Matrix<float> rows = blobs(900, 4, 5, 1, 1);
  EXPECT_TRUE(run(rows.view(), 5, {}, true).converged);
  EXPECT_FALSE(run(rows.view(), 5, {.max_iterations = 1}, true).converged);
  EXPECT_EQ(run(rows.view(), 5, {.tolerance = 1e9}, true).n_iterations, 1U);
}

}  // namespace
}  // namespace akin::analysis
