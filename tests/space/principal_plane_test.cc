#include "akin/space/principal_plane.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "akin/base/rng.h"
#include "base/throws.h"

namespace akin {
namespace {

TEST(PrincipalPlane, FindsThePlaneThatRowsWereMadeFrom) {
  // Points of a plane in seven dimensions, three times as wide as high, with a little noise, far from the origin.
  Rng rng(3);
  const std::size_t n = 60, dim = 7;
  Matrix<float> rows(n, dim);
  std::vector<double> u, v;
  for (std::size_t r = 0; r < n; ++r) {
    u.push_back(3.0 * static_cast<double>(rng.normal()));
    v.push_back(static_cast<double>(rng.normal()));
    for (std::size_t c = 0; c < dim; ++c) rows(r, c) = 10 + 0.001F * rng.normal();
    rows(r, 1) += static_cast<float>(0.6 * u[r]);
    rows(r, 4) -= static_cast<float>(0.8 * u[r]);  // the larger part: the sign turns
    rows(r, 6) += static_cast<float>(v[r]);
  }
  const Matrix<double> plane = principal_plane(rows.view());
  double mean_u = 0, mean_v = 0, uv = 0, uu = 0;
  for (std::size_t r = 0; r < n; ++r) {
    mean_u += u[r] / n;
    mean_v += v[r] / n;
  }
  for (std::size_t r = 0; r < n; ++r) {
    uv += (u[r] - mean_u) * (v[r] - mean_v);
    uu += (u[r] - mean_u) * (u[r] - mean_u);
  }
  // The sample's own axes are turned against u and v by about its covariance over its variances: what is compared is the plane.
  for (std::size_t r = 0; r < n; ++r) {
    const double wanted = std::hypot(u[r] - mean_u, v[r] - mean_v);
    EXPECT_NEAR(std::hypot(plane(r, 0), plane(r, 1)), wanted, 0.01) << "the noise is a thousandth";
    EXPECT_NEAR(plane(r, 0), -(u[r] - mean_u), 0.05 + 2 * std::abs(uv / uu) * std::abs(v[r] - mean_v));
  }
  double xy = 0;
  for (std::size_t r = 0; r < n; ++r) xy += plane(r, 0) * plane(r, 1);
  EXPECT_NEAR(xy, 0, 1e-6) << "uncorrelated";
}

TEST(PrincipalPlane, OfRowsWithoutAPlaneIsFlat) {
  EXPECT_EQ(principal_plane(Matrix<float>(0, 4).view()).rows(), 0U);
  const Matrix<double> one = principal_plane(Matrix<float>(1, 4).view());
  EXPECT_EQ(one(0, 0), 0);
  Matrix<float> two(2, 3);
  two(0, 1) = 4;
  const Matrix<double> line = principal_plane(two.view());
  EXPECT_NEAR(line(0, 0), 2, 1e-12);
  EXPECT_NEAR(line(1, 0), -2, 1e-12);
  EXPECT_EQ(line(0, 1), 0);
  EXPECT_EQ(line(1, 1), 0);
}

TEST(PrincipalPlane, RefusesNumbersThatAreNotFinite) {
  Matrix<float> rows(2, 2);
  rows(1, 1) = std::numeric_limits<float>::quiet_NaN();
  testing::expect_error(ErrorCode::invalid_argument, "not finite", [&] { principal_plane(rows.view()); });
}

}  // namespace
}  // namespace akin
