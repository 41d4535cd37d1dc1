#include "map_panel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>

#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/base/utf8.h"
#include "axis.h"
#include "density.h"
#include "label_places.h"
#include "stroke_font.h"

namespace akin::plot {
namespace {

constexpr double kTitleSize = 13, kNameSize = 10, kLegendSize = 9.5, kCaptionSize = 9, kGap = 6;
constexpr double kRow = kLegendSize + 6, kDot = 4;
constexpr double kWidestLegend = 0.32;  // of the panel
constexpr double kMargin = 0.03;        // around the points, of the shorter side
constexpr std::size_t kLongestName = 28;
constexpr double kInnerPart = 0.5, kOuterPart = 0.9, kHullPart = 0.97;
constexpr double kBarWidth = 10, kLongestBar = 170, kPointsPerTick = 34;  // of the scale
// What a name may cover of others and of the ground outside, of its own area.
constexpr double kCoverable = 0.08;

bool is_finite(const MapChart& chart, std::size_t i) { return std::isfinite(chart.points(i, 0)) && std::isfinite(chart.points(i, 1)); }

Color between(Color a, Color b, double t) {
  const auto mix = [t](std::uint8_t x, std::uint8_t y) {
    return static_cast<std::uint8_t>(std::lround(x + (static_cast<double>(y) - x) * t));
  };
  return {mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue)};
}

struct Extent {
  Range x, y;
  explicit Extent(const MapChart& chart) {
    RangeFinder across, up;
    for (std::size_t i = 0; i < chart.points.rows(); ++i) {
      if (!is_finite(chart, i)) continue;
      across.add(static_cast<double>(chart.points(i, 0)));
      up.add(static_cast<double>(chart.points(i, 1)));
    }
    x = across.range(), y = up.range();
  }
};

class MapDrawing {
 public:
  MapDrawing(Canvas& canvas, const MapChart& chart, const Box& box, Theme theme)
      : canvas_(canvas), chart_(chart), colors_(colors_of(theme)), theme_(theme), plot_(box), sizes_(chart.group_names.size()) {
    for (const std::int32_t group : chart.groups)
      if (group >= 0) ++sizes_[static_cast<std::size_t>(group)];
    values_ = value_range();
    n_rest_ = chart.groups.size() - std::accumulate(sizes_.begin(), sizes_.end(), std::size_t{0});
  }

  void draw() {
    write_around();
    place_points();
    draw_points();
    if (chart_.outline != Outline::none)
      for (std::size_t g = 0; g < sizes_.size(); ++g) draw_outline(g);
    if (chart_.name_groups && sizes_.size() > 1) write_names();
  }

 private:
  [[nodiscard]] TextStyle style(double size, Color color) const { return {size, color, Anchor::start, false, false}; }
  [[nodiscard]] std::int32_t group_of(std::size_t i) const { return chart_.groups.empty() ? 0 : chart_.groups[i]; }
  [[nodiscard]] Color color_of(std::size_t group) const { return group_color(static_cast<std::int32_t>(group), theme_); }

  void write_around() {
    if (!chart_.title.empty()) {
      canvas_.text({plot_.x, plot_.y + kTitleSize}, fitted_text(chart_.title, kTitleSize * 1.06, plot_.width),
                   {kTitleSize, colors_.text, Anchor::start, true, false});
      plot_.y += kTitleSize + kGap + 2, plot_.height -= kTitleSize + kGap + 2;
    }
    if (!chart_.caption.empty()) {
      canvas_.text({plot_.x, plot_.bottom() - 2}, fitted_text(chart_.caption, kCaptionSize, plot_.width),
                   style(kCaptionSize, colors_.faint_text));
      plot_.height -= kCaptionSize + kGap;
    }
    if (chart_.legend && !chart_.values.empty()) {
      draw_scale();
    } else if (chart_.legend && !sizes_.empty()) {
      draw_legend();
    }
  }

  struct Row {
    Color color;
    std::string name, size;
  };
  [[nodiscard]] std::vector<Row> legend_rows() const {
    std::vector<Row> rows;
    for (std::size_t g = 0; g < sizes_.size(); ++g)
      rows.push_back({color_of(g), chart_.group_names[g], tick_label(static_cast<double>(sizes_[g]), 1)});
    if (n_rest_ > 0) rows.push_back({group_color(-1, theme_), chart_.rest_name, tick_label(static_cast<double>(n_rest_), 1)});
    return rows;
  }
  void draw_legend() {
    std::vector<Row> rows = legend_rows();
    const auto room = static_cast<std::size_t>(std::max(1.0, plot_.height / kRow));
    const std::size_t n_left = rows.size() > room ? rows.size() - room + 1 : 0;
    rows.resize(rows.size() - n_left);
    double names = 0, numbers = 0;
    for (const Row& row : rows) {
      names = std::max(names, text_width(row.name, kLegendSize));
      numbers = std::max(numbers, text_width(row.size, kLegendSize));
    }
    names = std::min(names, kWidestLegend * plot_.width - numbers);
    const double width = 2 * kDot + kGap + names + 1.5 * kGap + numbers, x = plot_.right() - width;
    double y = plot_.y + kLegendSize;
    for (const Row& row : rows) {
      const Point middle = {x + kDot, y - 0.36 * kLegendSize};
      canvas_.marks({}, {{middle}, {row.color}, kDot, 1});
      canvas_.text({x + 2 * kDot + kGap, y}, fitted_text(row.name, kLegendSize, names), style(kLegendSize, colors_.text));
      canvas_.text({plot_.right(), y}, row.size, {kLegendSize, colors_.faint_text, Anchor::end, false, false});
      y += kRow;
    }
    if (n_left > 0)
      canvas_.text({x + 2 * kDot + kGap, y}, "and " + std::to_string(n_left) + " more", style(kLegendSize, colors_.faint_text));
    plot_.width -= width + 3 * kGap;
  }

  [[nodiscard]] Range value_range() const {
    RangeFinder found;
    for (const double value : chart_.values) found.add(value);
    return found.range();
  }
  /// The end of the scale that is as dark or as light as the ground is left out.
  [[nodiscard]] Color color_at(double t) const {
    constexpr double kLost = 0.12;
    return scale_color(ColorScale::amount, theme_ == Theme::dark ? kLost + (1 - kLost) * t : (1 - kLost) * t, theme_);
  }
  [[nodiscard]] Color color_of_point(std::size_t i) const {
    if (chart_.values.empty()) return group_color(group_of(i), theme_);
    if (!std::isfinite(chart_.values[i])) return group_color(-1, theme_);
    return color_at((chart_.values[i] - values_.low) / values_.size());
  }
  void draw_scale() {
    constexpr std::size_t kSteps = 128;
    const double height = std::min(plot_.height, kLongestBar);
    const Ticks ticks = ticks_of(values_, static_cast<std::size_t>(std::max(2.0, height / kPointsPerTick)));
    double words = 0;
    for (const std::string& label : ticks.labels) words = std::max(words, text_width(label, kLegendSize));
    const double label = chart_.value_label.empty() ? 0 : kLegendSize + kGap, width = kBarWidth + kGap + words + label;
    const Box bar = {plot_.right() - width, plot_.y, kBarWidth, height};
    ColorGrid grid{kSteps, 1, {}};
    for (std::size_t i = 0; i < kSteps; ++i) grid.colors.push_back(color_at(1 - (static_cast<double>(i) + 0.5) / kSteps));
    canvas_.grid(bar, grid);
    for (std::size_t i = 0; i < ticks.values.size(); ++i) {
      const double y = bar.bottom() - (ticks.values[i] - values_.low) / values_.size() * bar.height;
      canvas_.text({bar.right() + kGap, std::clamp(y + 0.36 * kLegendSize, bar.y + 0.72 * kLegendSize, bar.bottom())}, ticks.labels[i],
                   style(kLegendSize, colors_.text));
    }
    canvas_.text({plot_.right(), bar.y + bar.height / 2}, fitted_text(chart_.value_label, kLegendSize, bar.height),
                 {kLegendSize, colors_.text, Anchor::middle, false, true});
    plot_.width -= width + 3 * kGap;
  }

  /// One scale for both directions, in the middle of what is free.
  void place_points() {
    const Extent extent(chart_);
    const double margin = kMargin * std::min(plot_.width, plot_.height);
    const double scale = std::min((plot_.width - 2 * margin) / extent.x.size(), (plot_.height - 2 * margin) / extent.y.size());
    const Point middle = {plot_.x + plot_.width / 2, plot_.y + plot_.height / 2};
    by_group_.resize(sizes_.size());
    for (std::size_t i = 0; i < chart_.points.rows(); ++i) {
      if (!is_finite(chart_, i)) continue;
      const Point at = {middle.x + (static_cast<double>(chart_.points(i, 0)) - extent.x.low - extent.x.size() / 2) * scale,
                        middle.y - (static_cast<double>(chart_.points(i, 1)) - extent.y.low - extent.y.size() / 2) * scale};
      placed_.push_back(at);
      colors_of_placed_.push_back(color_of_point(i));
      if (group_of(i) >= 0 && !by_group_.empty()) by_group_[static_cast<std::size_t>(group_of(i))].push_back(at);
    }
  }

  void draw_points() {
    // So that no group is over another one because it came last.
    std::vector<std::size_t> order(placed_.size());
    std::iota(order.begin(), order.end(), 0U);
    Rng rng(placed_.size());
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
    const double n = static_cast<double>(std::max<std::size_t>(placed_.size(), 1));
    Marks marks;
    // Points cover about a sixth of the ground where they are many; few ones are as large as can be told apart.
    marks.radius = std::clamp(0.23 * std::sqrt(plot_.width * plot_.height / n), 0.8, 3.2);
    marks.opacity = std::clamp(1.3 - 0.16 * std::log10(n), 0.5, 0.9);
    for (const std::size_t i : order) {
      marks.at.push_back(placed_[i]);
      marks.colors.push_back(colors_of_placed_[i]);
    }
    canvas_.marks(plot_, marks);
  }

  void draw_outline(std::size_t g) {
    const std::vector<Point>& points = by_group_[g];
    if (points.size() < 3) return;
    const Density density(points, plot_, reach_for(points));
    if (chart_.outline == Outline::hull) {
      const double level = density.level_of(points, kHullPart);
      std::vector<Point> kept;
      std::ranges::copy_if(points, std::back_inserter(kept), [&](Point p) { return density.at(p) >= level; });
      std::vector<Point> hull = convex_hull(std::move(kept));
      if (hull.size() > 2) draw_loop(std::move(hull), color_of(g), 0.1, 1);
      return;
    }
    for (const auto& [part, opacity, width] : {std::array{kOuterPart, 0.07, 0.8}, std::array{kInnerPart, 0.12, 1.2}})
      for (std::vector<Point>& loop : density.contours(density.level_of(points, part)))
        draw_loop(std::move(loop), color_of(g), opacity, width);
  }
  void draw_loop(std::vector<Point> loop, Color color, double opacity, double width) {
    canvas_.area(loop, color, opacity);
    loop.push_back(loop.front());
    canvas_.line(loop, {color, width, false});
  }

  void write_names() {
    std::vector<std::size_t> order(sizes_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, std::greater(), [&](std::size_t g) { return sizes_[g]; });
    LabelPlaces places(plot_);
    for (const std::size_t g : order)
      if (!by_group_[g].empty()) write_name(g, places);
  }
  /// Over the densest place of its group or near it, or not at all.
  void write_name(std::size_t g, LabelPlaces& places) {
    const std::vector<Point>& points = by_group_[g];
    const Point center = Density(points, plot_, reach_for(points)).densest();
    const std::string name = fitted_text(chart_.group_names[g], kNameSize, kLongestName * 0.55 * kNameSize);
    const double width = text_width(name, kNameSize) * 1.1;  // bold faces are wider
    constexpr std::array<Point, 9> kMoves = {{{0, 0}, {0, -1}, {0, 1}, {-0.4, 0}, {0.4, 0}, {0, -2}, {0, 2}, {-0.4, -1}, {0.4, 1}}};
    for (const Point& move : kMoves) {
      const TextPlace place = {{center.x + move.x * width, center.y + 0.35 * kNameSize + move.y * (kNameSize + 4)}, Anchor::middle};
      const Box box = text_box(place, width, kNameSize + 2);
      if (places.covered(box) > kCoverable * box.width * box.height) continue;
      places.take(box);
      const Color color = between(color_of(g), colors_.text, 0.62);
      canvas_.text(place.at, name, {kNameSize, color, Anchor::middle, true, false, colors_.background});
      return;
    }
  }

  Canvas& canvas_;
  const MapChart& chart_;
  ThemeColors colors_;
  Theme theme_;
  Box plot_;
  std::vector<std::size_t> sizes_;
  std::size_t n_rest_ = 0;
  Range values_;
  std::vector<Point> placed_;
  std::vector<Color> colors_of_placed_;
  std::vector<std::vector<Point>> by_group_;
};

}  // namespace

void check_map(const MapChart& chart) {
  require(chart.points.empty() || chart.points.cols() == 2, "a point of a map has two numbers");
  require(chart.groups.empty() || chart.groups.size() == chart.points.rows(), "a map has a group for each point, or none");
  const auto n = static_cast<std::int64_t>(chart.group_names.size());
  require(chart.values.empty() || chart.values.size() == chart.points.rows(), "a map has a number for each point, or none");
  require(chart.values.empty() || chart.groups.empty(), "a map has colours by groups or by numbers, not by both");
  require(std::ranges::all_of(chart.groups, [n](std::int32_t group) { return group < n; }), "each group of a map has a name");
}

void draw_map(Canvas& canvas, const MapChart& chart, const Box& box, Theme theme) { MapDrawing(canvas, chart, box, theme).draw(); }

}  // namespace akin::plot

namespace akin {

double fitting_height(const MapChart& chart, double width) {
  plot::check_map(chart);
  const plot::Extent extent(chart);
  const double legend = !chart.legend ? 0 : !chart.values.empty() ? 0.12 * width : !chart.group_names.empty() ? 0.24 * width : 0;
  return std::clamp((width - legend) * extent.y.size() / extent.x.size(), 0.5 * width, width);
}

}  // namespace akin
