#include "raster_canvas.h"

#include <algorithm>
#include <cmath>

#include "akin/base/error.h"
#include "png.h"
#include "stroke_font.h"

namespace akin::plot {
namespace {

constexpr std::size_t kMostPixels = std::size_t{1} << 26;
constexpr double kDash = 4, kGap = 3;  // points
constexpr double kPointsPerMetre = 72 / 0.0254;

double distance_to_segment(Point p, Point a, Point b) noexcept {
  const double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  const double t = length > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0.0, 1.0) : 0.0;
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/// Pixels [first, last) of a side that lie between two places.
struct PixelRange {
  std::size_t first, last;
  PixelRange(double low, double high, std::size_t n)
      : first(static_cast<std::size_t>(std::clamp(std::floor(low), 0.0, static_cast<double>(n)))),
        last(static_cast<std::size_t>(std::clamp(std::ceil(high), 0.0, static_cast<double>(n)))) {}
};

/// How much of pixel `i` lies between low and high.
double covered(std::size_t i, double low, double high) noexcept {
  const auto begin = static_cast<double>(i);
  return std::clamp(std::min(high, begin + 1) - std::max(low, begin), 0.0, 1.0);
}

std::vector<std::vector<Point>> dashes_of(std::span<const Point> points, double dash, double gap) {
  std::vector<std::vector<Point>> out;
  double left = dash;
  bool drawing = true;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    Point from = points[i];
    double length = std::hypot(points[i + 1].x - from.x, points[i + 1].y - from.y);
    while (length > 0) {
      const double step = std::min(left, length);
      const Point to = {from.x + (points[i + 1].x - from.x) * step / length, from.y + (points[i + 1].y - from.y) * step / length};
      if (drawing) out.push_back({from, to});
      from = to;
      length -= step;
      left -= step;
      if (left > 0) continue;
      drawing = !drawing;
      left = drawing ? dash : gap;
    }
  }
  return out;
}

}  // namespace

RasterCanvas::RasterCanvas(double width, double height, double scale, Color background)
    : scale_(scale),
      cols_(static_cast<std::size_t>(std::lround(width * scale))),
      rows_(static_cast<std::size_t>(std::lround(height * scale))) {
  if (cols_ == 0 || rows_ == 0 || cols_ > kMostPixels / rows_)
    throw Error(ErrorCode::limit, "a picture of " + std::to_string(cols_) + " x " + std::to_string(rows_) +
                                      " pixels is not drawn: at most " + std::to_string(kMostPixels) + " are");
  pixels_.assign(cols_ * rows_, background);
}

void RasterCanvas::blend(std::size_t row, std::size_t col, Color color, double cover) noexcept {
  Color& pixel = pixels_[row * cols_ + col];
  const auto mix = [cover](std::uint8_t under, std::uint8_t over) {
    return static_cast<std::uint8_t>(std::lround(under + (static_cast<double>(over) - under) * cover));
  };
  pixel = {mix(pixel.red, color.red), mix(pixel.green, color.green), mix(pixel.blue, color.blue)};
}

void RasterCanvas::fill(const Box& box, Color color) {
  const double left = box.x * scale_, right = box.right() * scale_, top = box.y * scale_, bottom = box.bottom() * scale_;
  const PixelRange across(left, right, cols_), down(top, bottom, rows_);
  for (std::size_t r = down.first; r < down.last; ++r)
    for (std::size_t c = across.first; c < across.last; ++c) blend(r, c, color, covered(r, top, bottom) * covered(c, left, right));
}

void RasterCanvas::paint(const std::vector<std::vector<Point>>& strokes, double width, Color color) {
  const double reach = width / 2 + 1;
  double left = HUGE_VAL, right = -HUGE_VAL, top = HUGE_VAL, bottom = -HUGE_VAL;
  for (const auto& stroke : strokes)
    for (const Point& p : stroke) {
      left = std::min(left, p.x - reach), right = std::max(right, p.x + reach);
      top = std::min(top, p.y - reach), bottom = std::max(bottom, p.y + reach);
    }
  if (left > right) return;
  const PixelRange across(left, right, cols_), down(top, bottom, rows_);
  const std::size_t n = across.last - across.first;
  std::vector<float> cover(n * (down.last - down.first), 0.0F);
  for (const auto& stroke : strokes)
    for (std::size_t i = 0; i + 1 < stroke.size(); ++i) {
      const Point a = stroke[i], b = stroke[i + 1];
      const PixelRange x(std::min(a.x, b.x) - reach, std::max(a.x, b.x) + reach, cols_);
      const PixelRange y(std::min(a.y, b.y) - reach, std::max(a.y, b.y) + reach, rows_);
      for (std::size_t r = y.first; r < y.last; ++r)
        for (std::size_t c = x.first; c < x.last; ++c) {
          const Point middle = {static_cast<double>(c) + 0.5, static_cast<double>(r) + 0.5};
          const double inside = std::clamp(width / 2 + 0.5 - distance_to_segment(middle, a, b), 0.0, std::min(1.0, width));
          float& cell = cover[(r - down.first) * n + c - across.first];
          cell = std::max(cell, static_cast<float>(inside));
        }
    }
  for (std::size_t r = down.first; r < down.last; ++r)
    for (std::size_t c = across.first; c < across.last; ++c)
      if (const float part = cover[(r - down.first) * n + c - across.first]; part > 0) blend(r, c, color, static_cast<double>(part));
}

void RasterCanvas::line(std::span<const Point> points, const LineStyle& style) {
  std::vector<Point> placed;
  for (const Point& p : points) placed.push_back({p.x * scale_, p.y * scale_});
  if (style.dashed) {
    paint(dashes_of(placed, kDash * scale_, kGap * scale_), style.width * scale_, style.color);
  } else {
    paint({placed}, style.width * scale_, style.color);
  }
}

void RasterCanvas::area(std::span<const Point> outline, Color color, double opacity) {
  if (outline.size() < 3) return;
  double top = HUGE_VAL, bottom = -HUGE_VAL;
  for (const Point& p : outline) top = std::min(top, p.y * scale_), bottom = std::max(bottom, p.y * scale_);
  const PixelRange down(top, bottom, rows_);
  std::vector<double> crossings;
  for (std::size_t r = down.first; r < down.last; ++r) {
    // Where the middle of this row of pixels goes in and out.
    const double y = (static_cast<double>(r) + 0.5) / scale_;
    crossings.clear();
    for (std::size_t i = 0; i < outline.size(); ++i) {
      const Point a = outline[i], b = outline[(i + 1) % outline.size()];
      if ((a.y <= y) != (b.y <= y)) crossings.push_back((a.x + (y - a.y) * (b.x - a.x) / (b.y - a.y)) * scale_);
    }
    std::ranges::sort(crossings);
    for (std::size_t i = 0; i + 1 < crossings.size(); i += 2) {
      const PixelRange across(crossings[i], crossings[i + 1], cols_);
      for (std::size_t c = across.first; c < across.last; ++c) blend(r, c, color, opacity * covered(c, crossings[i], crossings[i + 1]));
    }
  }
}

void RasterCanvas::marks(const Box&, const Marks& marks) {
  const double radius = marks.radius * scale_;
  for (std::size_t i = 0; i < marks.at.size(); ++i) {
    const Point middle = {marks.at[i].x * scale_, marks.at[i].y * scale_};
    const PixelRange across(middle.x - radius - 1, middle.x + radius + 1, cols_), down(middle.y - radius - 1, middle.y + radius + 1, rows_);
    for (std::size_t r = down.first; r < down.last; ++r)
      for (std::size_t c = across.first; c < across.last; ++c) {
        const double away = std::hypot(static_cast<double>(c) + 0.5 - middle.x, static_cast<double>(r) + 0.5 - middle.y);
        const double inside = std::clamp(radius + 0.5 - away, 0.0, 1.0);
        if (inside > 0) blend(r, c, marks.colors[i], inside * marks.opacity);
      }
  }
}

void RasterCanvas::grid(const Box& box, const ColorGrid& grid) {
  const PixelRange across(std::round(box.x * scale_), std::round(box.right() * scale_), cols_);
  const PixelRange down(std::round(box.y * scale_), std::round(box.bottom() * scale_), rows_);
  const std::size_t n_across = across.last - across.first, n_down = down.last - down.first;
  for (std::size_t r = 0; r < n_down; ++r)
    for (std::size_t c = 0; c < n_across; ++c)
      pixels_[(down.first + r) * cols_ + across.first + c] = grid.colors[r * grid.rows / n_down * grid.cols + c * grid.cols / n_across];
}

void RasterCanvas::text(Point at, std::string_view text, const TextStyle& style) {
  const double width = text_width(text, style.size);
  const double shift = style.anchor == Anchor::start ? 0 : style.anchor == Anchor::middle ? width / 2 : width;
  Strokes strokes = text_strokes(text, style.size);
  for (auto& stroke : strokes)
    for (Point& p : stroke) {
      const Point moved = {p.x - shift, p.y};
      p = style.upwards ? Point{at.x + moved.y, at.y - moved.x} : Point{at.x + moved.x, at.y + moved.y};
      p = {p.x * scale_, p.y * scale_};
    }
  const double width_of_stroke = stroke_width(style.size, style.bold);
  if (style.halo) paint(strokes, (width_of_stroke + 2 * kHalo) * scale_, *style.halo);
  paint(strokes, width_of_stroke * scale_, style.color);
}

std::string RasterCanvas::png() const {
  return png_bytes(pixels_, cols_, rows_, static_cast<unsigned>(std::lround(kPointsPerMetre * scale_)));
}

}  // namespace akin::plot
