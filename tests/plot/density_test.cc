#include "density.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "akin/base/rng.h"

namespace akin::plot {
namespace {

constexpr Box kBox = {10, 20, 320, 240};

std::vector<Point> cloud(Point middle, double spread, std::size_t n, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<Point> points;
  for (std::size_t i = 0; i < n; ++i)
    points.push_back({middle.x + spread * static_cast<double>(rng.normal()), middle.y + spread * static_cast<double>(rng.normal())});
  return points;
}

double area_of(const std::vector<Point>& loop) {
  double twice = 0;
  for (std::size_t i = 0; i < loop.size(); ++i) {
    const Point a = loop[i], b = loop[(i + 1) % loop.size()];
    twice += a.x * b.y - b.x * a.y;
  }
  return std::abs(twice) / 2;
}

TEST(Density, IsHighestInTheMiddleOfACloud) {
  const std::vector<Point> points = cloud({100, 90}, 15, 4000, 1);
  const Point top = Density(points, kBox, reach_for(points)).densest();
  // A cell is 2 points; the mode of 4,000 normal numbers lies within a fifth of a standard deviation.
  EXPECT_NEAR(top.x, 100, 5);
  EXPECT_NEAR(top.y, 90, 5);
}

TEST(Density, ContoursHoldThePartThatTheyAreAskedFor) {
  const std::vector<Point> points = cloud({160, 140}, 20, 5000, 2);
  const Density density(points, kBox, reach_for(points));
  for (const double part : {0.5, 0.9}) {
    const auto loops = density.contours(density.level_of(points, part));
    ASSERT_FALSE(loops.empty());
    double area = 0;
    for (const auto& loop : loops) area += area_of(loop);
    // The disc that holds `part` of a round normal cloud has the area 2πσ² · ln(1 / (1 − part)); 10 % for 5,000 points smoothed.
    const double want = 2 * std::numbers::pi * 400 * std::log(1 / (1 - part));
    EXPECT_NEAR(area, want, 0.1 * want) << part;
  }
}

TEST(Density, IslandsOfOneGroupAreSmoothedAsIslands) {
  std::vector<Point> islands;
  for (const double x : {40.0, 120.0, 200.0, 280.0})
    for (const Point& p : cloud({x, x / 2 + 40}, 3, 100, static_cast<std::uint64_t>(x))) islands.push_back(p);
  EXPECT_LT(reach_for(islands), 3) << "less than an island is wide, not as the whole group is";
  const Density density(islands, kBox, reach_for(islands));
  EXPECT_EQ(density.contours(density.level_of(islands, 0.95)).size(), 4U);
}

TEST(Density, TwoCloudsAreTwoContoursAndARingHasAHole) {
  std::vector<Point> two = cloud({60, 60}, 8, 500, 3);
  for (const Point& p : cloud({260, 200}, 8, 500, 4)) two.push_back(p);
  const Density apart(two, kBox, 4);
  EXPECT_EQ(apart.contours(apart.level_of(two, 0.8)).size(), 2U);
  std::vector<Point> ring;
  for (int i = 0; i < 720; ++i) {
    const double angle = i * std::numbers::pi / 360;
    ring.push_back({160 + 80 * std::cos(angle), 140 + 80 * std::sin(angle)});
  }
  const Density around(ring, kBox, 6);
  EXPECT_EQ(around.contours(0.5 * around.level_of(ring, 0.99)).size(), 2U) << "an outer line and an inner one";
}

TEST(Density, ContoursCloseAtTheEdgeOfTheBox) {
  const std::vector<Point> corner = cloud({kBox.x, kBox.y}, 1, 50, 5);
  const Density density(corner, kBox, 5);
  const auto loops = density.contours(density.level_of(corner, 0.9));
  ASSERT_EQ(loops.size(), 1U);
  EXPECT_GT(loops.front().size(), 4U);
}

TEST(Density, TakesNoPointsOnePointAndEqualPoints) {
  EXPECT_EQ(reach_for({}), 0);
  const Density none({}, kBox, 0);
  EXPECT_EQ(none.at({50, 50}), 0);
  EXPECT_EQ(none.level_of({}, 0.5), 0);
  const std::vector<Point> equal(9, Point{50, 60});
  const Density one(equal, kBox, reach_for(equal));
  EXPECT_NEAR(one.densest().x, 50, 2);
  EXPECT_EQ(one.contours(one.level_of(equal, 0.5)).size(), 1U);
}

TEST(ConvexHull, HoldsTheCornersAlone) {
  const std::vector<Point> hull = convex_hull({{0, 0}, {2, 1}, {4, 0}, {2, 0}, {4, 3}, {0, 3}, {1, 2}});
  EXPECT_EQ(hull.size(), 4U);
  EXPECT_EQ(area_of(hull), 12);
  EXPECT_EQ(convex_hull({{1, 1}, {1, 1}}).size(), 2U);
  EXPECT_LT(convex_hull({{0, 0}, {1, 1}, {2, 2}, {3, 3}}).size(), 3U) << "a line has no inside";
}

}  // namespace
}  // namespace akin::plot
