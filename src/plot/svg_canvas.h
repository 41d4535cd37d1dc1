// A canvas that writes SVG 1.1: lines and words as such, grids as one PNG inside, marks as a few paths or, where they are many, as one PNG.
// Tested by svg_canvas_test.cc.
#pragma once

#include <string>

#include "canvas.h"

namespace akin::plot {

class SvgCanvas final : public Canvas {
 public:
  SvgCanvas(double width, double height, Color background, std::string_view title);

  void fill(const Box& box, Color color) override;
  void line(std::span<const Point> points, const LineStyle& style) override;
  void area(std::span<const Point> outline, Color color, double opacity) override;
  /// More than kMostMarks become pixels: the file would be larger, and slower to show, with each of them in it.
  void marks(const Box& box, const Marks& marks) override;
  void grid(const Box& box, const ColorGrid& grid) override;
  void text(Point at, std::string_view text, const TextStyle& style) override;

  /// The whole document.
  [[nodiscard]] std::string finish() const { return svg_ + "</svg>\n"; }

  static constexpr std::size_t kMostMarks = 20000;

 private:
  Color background_;
  std::string svg_;
};

/// With & < > " and what XML has no place for replaced.
std::string xml_escaped(std::string_view text);
/// RFC 4648.
std::string base64(std::string_view bytes);

}  // namespace akin::plot
