#include "principal_axes.h"

#include <gtest/gtest.h>

#include <cstring>

#include "akin/base/rng.h"

namespace akin::train {
namespace {

// Rows with a length of their own along each axis of a turned frame.
Matrix<float> stretched_rows(std::size_t n) {
  Rng rng(7);
  Matrix<float> rows(n, 3);
  for (std::size_t r = 0; r < n; ++r) {
    const float a = 5 * (rng.uniform() - 0.5F), b = 2 * (rng.uniform() - 0.5F), c = 0.1F * (rng.uniform() - 0.5F);
    rows(r, 0) = 0.6F * a + 0.8F * b;
    rows(r, 1) = 0.8F * a - 0.6F * b;
    rows(r, 2) = c;
  }
  return rows;
}

TEST(PrincipalAxes, FindTheDirectionsMostVariedFirst) {
  Context context(2);
  const Matrix<float> rows = stretched_rows(5000);
  const Matrix<float> axes = principal_axes(rows.view(), 3, context);
  // 5,000 random rows: their frame is the true one within 1/√5000 · (2/5), about 0.006.
  EXPECT_NEAR(axes(0, 0), 0.6, 0.02);
  EXPECT_NEAR(axes(0, 1), 0.8, 0.02);
  EXPECT_NEAR(axes(1, 0), 0.8, 0.02);
  EXPECT_NEAR(axes(1, 1), -0.6, 0.02);
  EXPECT_NEAR(axes(2, 2), 1, 0.001);
}

TEST(PrincipalAxes, AreTheSameBitsOnAnyNumberOfThreads) {
  Context one(1), four(4);
  const Matrix<float> rows = stretched_rows(5000);
  const Matrix<float> a = principal_axes(rows.view(), 2, one), b = principal_axes(rows.view(), 2, four);
  EXPECT_EQ(std::memcmp(a.view().data(), b.view().data(), 6 * sizeof(float)), 0);
}

TEST(PrincipalAxes, RefuseMoreAxesThanDimensions) {
  Context context(1);
  EXPECT_THROW(principal_axes(stretched_rows(10).view(), 4, context), Error);
}

}  // namespace
}  // namespace akin::train
