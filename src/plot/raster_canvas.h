// A canvas of pixels. Edges are smoothed by how much of a pixel they cover, found from the distance to the line: exact enough for lines,
// letters and boxes, and the same on every machine. Tested by raster_canvas_test.cc.
#pragma once

#include <string>

#include "canvas.h"

namespace akin::plot {

class RasterCanvas final : public Canvas {
 public:
  /// `scale` pixels a point. Throws Error{limit} for more than 2^26 pixels.
  RasterCanvas(double width, double height, double scale, Color background);

  void fill(const Box& box, Color color) override;
  void line(std::span<const Point> points, const LineStyle& style) override;
  void area(std::span<const Point> outline, Color color, double opacity) override;
  void marks(const Box& box, const Marks& marks) override;
  void grid(const Box& box, const ColorGrid& grid) override;
  void text(Point at, std::string_view text, const TextStyle& style) override;

  [[nodiscard]] std::size_t cols() const noexcept { return cols_; }
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] Color at(std::size_t row, std::size_t col) const { return pixels_.at(row * cols_ + col); }
  [[nodiscard]] std::string png() const;

 private:
  /// Paints all strokes as one shape, so that where they meet nothing is painted twice. In pixels.
  void paint(const std::vector<std::vector<Point>>& strokes, double width, Color color);
  void blend(std::size_t row, std::size_t col, Color color, double cover) noexcept;

  double scale_;
  std::size_t cols_, rows_;
  std::vector<Color> pixels_;
};

}  // namespace akin::plot
