// What a picture is drawn on: rectangles, lines, grids of colours and words. One class a file format.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/plot/color.h"

namespace akin::plot {

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
  bool upwards = false;  ///< turned a quarter to the left
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

class Canvas {
 public:
  virtual ~Canvas() = default;
  virtual void fill(const Box& box, Color color) = 0;
  virtual void line(std::span<const Point> points, const LineStyle& style) = 0;
  virtual void grid(const Box& box, const ColorGrid& grid) = 0;
  /// `at` is on the baseline.
  virtual void text(Point at, std::string_view text, const TextStyle& style) = 0;
};

}  // namespace akin::plot
