// How dense points lie on a picture: counts on a grid, smoothed; the densest place, and contours (marching squares: Lorensen & Cline, 1987,
// in two dimensions). Tested by density_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "canvas.h"

namespace akin::plot {

class Density {
 public:
  /// Of points inside `box`; others count at its edge. `reach` is the standard deviation of the smoothing, in points of the picture, at
  /// least a cell (1/160 of the longer side).
  Density(std::span<const Point> points, const Box& box, double reach);

  [[nodiscard]] Point densest() const;
  [[nodiscard]] double at(Point p) const;
  /// The density that `part` of `points` lie at or above.
  [[nodiscard]] double level_of(std::span<const Point> points, double part) const;
  /// Closed lines around where it is at least `level` > 0, in a fixed order. Those around holes are among them.
  [[nodiscard]] std::vector<std::vector<Point>> contours(double level) const;

 private:
  [[nodiscard]] double value(std::ptrdiff_t row, std::ptrdiff_t col) const;
  [[nodiscard]] Point node(double row, double col) const;
  void smooth(double reach);

  Box box_;
  double cell_ = 1;
  std::size_t rows_ = 0, cols_ = 0;
  std::vector<double> values_;  // (rows, cols) nodes, the first on the upper left corner of the box
};

/// A reach that suits so many points: Silverman's rule of thumb (1986) for the narrowest of their spreads: across and down, told by
/// quartiles, and around each of them, so that islands far apart are islands.
double reach_for(std::span<const Point> points);

/// The convex hull, counter-clockwise on paper (Andrew's monotone chain, 1979). All points where there are fewer than three.
std::vector<Point> convex_hull(std::vector<Point> points);

}  // namespace akin::plot
