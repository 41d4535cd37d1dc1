#include "plane_grid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "akin/base/rng.h"
#include "base/throws.h"

namespace akin::analysis {
namespace {

using kernels::PlaneForce;

struct Points {
  /// Groups of normal points here and there on a square.
  Points(std::size_t n, float side, std::uint64_t seed) : x(n), y(n) {
    Rng rng(seed);
    std::vector<float> places(40);
    for (float& place : places) place = side * rng.uniform();
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t at = i % (places.size() / 2);
      x[i] = places[2 * at] + side / 30 * rng.normal();
      y[i] = places[2 * at + 1] + side / 30 * rng.normal();
    }
  }
  std::vector<float> x, y;
};

struct Pushed {
  std::vector<double> x, y;
  double total = 0;
};

Pushed exactly(const Points& points) {
  const std::size_t n = points.x.size();
  Pushed out{std::vector<double>(n), std::vector<double>(n), 0};
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      if (i == j) continue;
      const double dx = static_cast<double>(points.x[i]) - static_cast<double>(points.x[j]);
      const double dy = static_cast<double>(points.y[i]) - static_cast<double>(points.y[j]);
      const double w = 1 / (1 + dx * dx + dy * dy);
      out.total += w;
      out.x[i] += w * w * dx;
      out.y[i] += w * w * dy;
    }
  return out;
}

TEST(PlaneGrid, PushesAsTheExactSumDoes) {
  PlaneGrid grid;  // one of all sizes
  Context context(2);
  for (const float side : {10.0F, 200.0F, 1.0F, 50.0F, 10.0F}) {
    const Points points(3000, side, 2);
    const Pushed wanted = exactly(points);
    std::vector<PlaneForce> found(3000);
    const double total = grid.push(points.x, points.y, found, context);
    double wrong = 0, all = 0;
    for (std::size_t i = 0; i < 3000; ++i) {
      wrong += std::pow(static_cast<double>(found[i].x) - wanted.x[i], 2) + std::pow(static_cast<double>(found[i].y) - wanted.y[i], 2);
      all += wanted.x[i] * wanted.x[i] + wanted.y[i] * wanted.y[i];
    }
    // A third of the kernel's width between nodes leaves 4e-4 of the forces in a dense map, 4e-3 where points are some units apart and the
    // nearest count most; a tree with theta 0.5 leaves 1e-2.
    EXPECT_LT(std::sqrt(wrong / all), 0.006) << side;
    EXPECT_NEAR(total / wanted.total, 1, 3e-4) << side;
  }
}

TEST(PlaneGrid, HasTheSameBitsOnAnyNumberOfThreads) {
  const Points points(9000, 60, 4);
  std::vector<PlaneForce> wanted(9000), found(9000);
  Context one(1);
  PlaneGrid first;
  const double total = first.push(points.x, points.y, wanted, one);
  for (const int n_threads : {2, 5}) {
    Context context(n_threads);
    PlaneGrid grid;
    EXPECT_EQ(grid.push(points.x, points.y, found, context), total);
    EXPECT_TRUE(std::ranges::equal(found, wanted, [](const PlaneForce& a, const PlaneForce& b) { return a.x == b.x && a.y == b.y; }));
  }
}

TEST(PlaneGrid, OfFewAndEqualPointsIsFinite) {
  Context context(1);
  PlaneGrid grid;
  for (const std::size_t n : {1, 2, 50}) {
    const std::vector<float> x(n, 3.0F), y(n, -2.0F);
    std::vector<PlaneForce> found(n);
    const double total = grid.push(x, y, found, context);
    // All n (n − 1) pairs are at one place, where the splines have the kernel to 1e-4.
    EXPECT_NEAR(total, static_cast<double>(n * (n - 1)), 1e-3 * static_cast<double>(n * n));
    // What pushes one way pushes the other too, but for the kernel's last bits.
    for (const PlaneForce& force : found) EXPECT_LT(std::abs(force.x) + std::abs(force.y), 1e-4F * static_cast<float>(n));
  }
}

TEST(PlaneGrid, KnowsWhatIsTooLarge) {
  EXPECT_LE(PlaneGrid::nodes_for(1300), PlaneGrid::kMostNodes);
  EXPECT_GT(PlaneGrid::nodes_for(1400), PlaneGrid::kMostNodes);
  EXPECT_GT(PlaneGrid::nodes_for(1e30F), PlaneGrid::kMostNodes);
  EXPECT_LE(PlaneGrid::nodes_for(0), 64U);
  const std::vector<float> x = {0, 1e6F}, y = {0, 0};
  std::vector<PlaneForce> found(2);
  Context context(1);
  PlaneGrid grid;
  testing::expect_error(ErrorCode::invalid_argument, "the map is too large", [&] { grid.push(x, y, found, context); });
}

}  // namespace
}  // namespace akin::analysis
