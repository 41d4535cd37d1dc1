// What a picture is drawn on: rectangles, lines, grids of colours and words. One class a file format.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/plot/color.h"

namespace akin::plot {

/// How far a halo reaches beyond a letter, in points.
inline constexpr double kHalo = 1.6;

/// In points from the upper left corner, y downwards.
struct Point {
  double x = 0, y = 0;
};
struct Box {
  double x = 0, y = 0, width = 0, height = 0;
  [[nodiscard]] double right() const noexcept { return x + width; }
  [[nodiscard]] double bottom() const noexcept { return y + height; }
};

enum class Anchor { start, middle, end };

struct TextStyle {
  double size = 11;
  Color color;
  Anchor anchor = Anchor::start;
  bool bold = false;
  bool upwards = false;                      ///< turned a quarter to the left
  std::optional<Color> halo = std::nullopt;  ///< a rim around the letters, so that they can be read over other things
};

struct LineStyle {
  Color color;
  double width = 1;
  bool dashed = false;
};

/// Colours of a grid, row by row from the upper left.
struct ColorGrid {
  std::size_t rows = 0, cols = 0;
  std::vector<Color> colors;
};

/// Round marks, drawn one over the other in this order.
struct Marks {
  std::vector<Point> at;
  std::vector<Color> colors;  ///< one a point
  double radius = 1, opacity = 1;
};

class Canvas {
 public:
  virtual ~Canvas() = default;
  virtual void fill(const Box& box, Color color) = 0;
  virtual void line(std::span<const Point> points, const LineStyle& style) = 0;
  /// A closed shape; where its outline crosses itself, inside is what is crossed an odd number of times from outside.
  virtual void area(std::span<const Point> outline, Color color, double opacity) = 0;
  /// All of them inside `box`, which has nothing but the ground on it so far.
  virtual void marks(const Box& box, const Marks& marks) = 0;
  virtual void grid(const Box& box, const ColorGrid& grid) = 0;
  /// `at` is on the baseline.
  virtual void text(Point at, std::string_view text, const TextStyle& style) = 0;
};

}  // namespace akin::plot
