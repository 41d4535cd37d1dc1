#include "panel.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "akin/base/error.h"
#include "axis.h"
#include "dendrogram_panel.h"
#include "drawing.h"
#include "label_places.h"
#include "map_panel.h"
#include "stroke_font.h"

namespace akin::plot {
namespace {

/// The part of a segment inside a box (Liang and Barsky); false if there is none.
bool clip(Point& a, Point& b, const Box& box) {
  const double dx = b.x - a.x, dy = b.y - a.y;
  const double p[] = {-dx, dx, -dy, dy}, q[] = {a.x - box.x, box.right() - a.x, a.y - box.y, box.bottom() - a.y};
  double from = 0, to = 1;
  for (int i = 0; i < 4; ++i) {
    if (p[i] == 0 && q[i] < 0) return false;
    if (p[i] < 0) from = std::max(from, q[i] / p[i]);
    if (p[i] > 0) to = std::min(to, q[i] / p[i]);
  }
  if (from > to) return false;
  b = {a.x + to * dx, a.y + to * dy};
  a = {a.x + from * dx, a.y + from * dy};
  return true;
}

// --- lines ---

Range range_of(const LineChart& chart, const Axis& axis, std::vector<double> LineSeries::*values, double padding) {
  if (axis.range) return {axis.range->first, axis.range->second};
  RangeFinder finder;
  for (const LineSeries& series : chart.series)
    for (const double value : series.*values) finder.add(value);
  return finder.padded(padding);
}

void draw_series(Drawing& drawing, const LineSeries& series, Color color, const Scale& x, const Scale& y) {
  std::vector<Point> run;
  const auto flush = [&] {
    if (run.size() > 1) drawing.canvas_.line(run, {color, 1.6, false});
    run.clear();
  };
  for (std::size_t i = 0; i + 1 < series.x.size(); ++i) {
    Point a = {x(series.x[i]), y(series.y[i])}, b = {x(series.x[i + 1]), y(series.y[i + 1])};
    const bool finite = std::isfinite(a.x) && std::isfinite(a.y) && std::isfinite(b.x) && std::isfinite(b.y);
    if (!finite || !clip(a, b, drawing.plot_)) {
      flush();
      continue;
    }
    if (run.empty() || run.back().x != a.x || run.back().y != a.y) {
      flush();
      run.push_back(a);
    }
    run.push_back(b);
  }
  flush();
}

void draw_legend(Drawing& drawing, const LineChart& chart) {
  double y = drawing.plot_.y + kTickSize;
  const double x = drawing.plot_.right() + 2 * kGap;
  for (std::size_t i = 0; i < chart.series.size(); ++i, y += kTickSize + 6) {
    drawing.line({x, y - 0.35 * kTickSize}, {x + kLegendSample, y - 0.35 * kTickSize}, line_color(i, drawing.theme_), 2);
    drawing.canvas_.text({x + kLegendSample + kGap, y}, chart.series[i].label,
                         {kTickSize, drawing.colors_.text, Anchor::start, false, false});
  }
}

void draw_mark(Drawing& drawing, const VerticalMark& mark, const Scale& x) {
  if (mark.x < x.range.low || mark.x > x.range.high) return;
  const double at = x(mark.x);
  drawing.line({at, drawing.plot_.y}, {at, drawing.plot_.bottom()}, drawing.colors_.faint_text, 1, true);
  const bool left = at + kGap + text_width(mark.label, kTickSize) > drawing.plot_.right();
  drawing.canvas_.text({at + (left ? -kGap : kGap), drawing.plot_.y + kTickSize + 3}, mark.label,
                       drawing.tick_style(left ? Anchor::end : Anchor::start));
}

void draw(Canvas& canvas, const LineChart& chart, const Box& box, Theme theme) {
  Drawing drawing(canvas, box, theme);
  Scale x{range_of(chart, chart.x, &LineSeries::x, 0)}, y{range_of(chart, chart.y, &LineSeries::y, 0.04)};
  const Ticks y_ticks = ticks_of(y.range, n_ticks(box.height - 60, kPointsPerTickY));
  std::vector<std::string> names;
  for (const LineSeries& series : chart.series) names.push_back(series.label);
  const double right = names.size() > 1 ? widest(names, kTickSize) + kLegendSample + 4 * kGap : 2 * kGap;
  drawing.lay_out(chart.title, chart.x, chart.y, widest(y_ticks.labels, kTickSize), right);
  const Box& plot = drawing.plot_;
  x.low_at = plot.x, x.high_at = plot.right(), y.low_at = plot.bottom(), y.high_at = plot.y;
  drawing.x_axis(ticks_of(x.range, n_ticks(plot.width, kPointsPerTickX)), x, true);
  drawing.y_axis(y_ticks, y, true);
  drawing.frame();
  for (std::size_t i = 0; i < chart.series.size(); ++i) draw_series(drawing, chart.series[i], line_color(i, theme), x, y);
  for (const VerticalMark& mark : chart.marks) draw_mark(drawing, mark, x);
  if (names.size() > 1) draw_legend(drawing, chart);
}

void check_ranges(const Axis& x, const Axis& y) {
  for (const Axis* axis : {&x, &y}) {
    const auto& range = axis->range;
    require(!range || (std::isfinite(range->first) && std::isfinite(range->second) && range->first < range->second),
            "the range of an axis goes from a number up to a larger one");
  }
}

void check(const LineChart& chart) {
  for (const LineSeries& series : chart.series) require(series.x.size() == series.y.size(), "a line has as many x as y");
  check_ranges(chart.x, chart.y);
}

// --- points ---

Range range_of(const ScatterChart& chart, const Axis& axis, double LabelledPoint::*value) {
  if (axis.range) return {axis.range->first, axis.range->second};
  RangeFinder finder;
  for (const LabelledPoint& point : chart.points) finder.add(point.*value);
  return finder.padded(0.08);
}

constexpr double kPointSide = 4;

/// Beside its point, where it covers least of other points and of the words before it.
TextPlace place_of(LabelPlaces& places, Point point, const std::string& label) {
  const double width = text_width(label, kTickSize), lower = point.y + 0.35 * kTickSize;
  const std::array<TextPlace, 4> choices = {{{{point.x + kGap, lower}, Anchor::start},
                                             {{point.x - kGap, lower}, Anchor::end},
                                             {{point.x, point.y - kGap}, Anchor::middle},
                                             {{point.x, point.y + kGap + 0.7 * kTickSize}, Anchor::middle}}};
  const TextPlace* best = nullptr;
  double least = 0;
  for (const TextPlace& place : choices) {
    const double covered = places.covered(text_box(place, width, kTickSize));
    if (best == nullptr || covered < least) best = &place, least = covered;
  }
  places.take(text_box(*best, width, kTickSize));
  return *best;
}

void draw_points(Drawing& drawing, const ScatterChart& chart, const Scale& x, const Scale& y) {
  const Box& plot = drawing.plot_;
  std::vector<const LabelledPoint*> shown;
  LabelPlaces places(plot);
  for (const LabelledPoint& point : chart.points) {
    const Point at = {x(point.x), y(point.y)};
    // A number that is not finite is inside nothing.
    if (!(at.x >= plot.x && at.x <= plot.right() && at.y >= plot.y && at.y <= plot.bottom())) continue;
    const Box square = {at.x - kPointSide / 2, at.y - kPointSide / 2, kPointSide, kPointSide};
    drawing.canvas_.fill(square, line_color(point.group, drawing.theme_));
    places.take(square);
    shown.push_back(&point);
  }
  for (const LabelledPoint* point : shown) {
    const TextPlace place = place_of(places, {x(point->x), y(point->y)}, point->label);
    drawing.canvas_.text(place.at, point->label, {kTickSize, drawing.colors_.text, place.anchor, false, false});
  }
}

void draw(Canvas& canvas, const ScatterChart& chart, const Box& box, Theme theme) {
  Drawing drawing(canvas, box, theme);
  Scale x{range_of(chart, chart.x, &LabelledPoint::x)}, y{range_of(chart, chart.y, &LabelledPoint::y)};
  const Ticks y_ticks = ticks_of(y.range, n_ticks(box.height - 60, kPointsPerTickY));
  drawing.lay_out(chart.title, chart.x, chart.y, widest(y_ticks.labels, kTickSize), 2 * kGap);
  const Box& plot = drawing.plot_;
  x.low_at = plot.x, x.high_at = plot.right(), y.low_at = plot.bottom(), y.high_at = plot.y;
  drawing.x_axis(ticks_of(x.range, n_ticks(plot.width, kPointsPerTickX)), x, true);
  drawing.y_axis(y_ticks, y, true);
  drawing.frame();
  draw_points(drawing, chart, x, y);
}

void check(const ScatterChart& chart) { check_ranges(chart.x, chart.y); }

// --- heat maps ---

Range value_range(const Heatmap& map) {
  RangeFinder finder;
  for (std::size_t r = 0; r < map.values.rows(); ++r)
    for (const double value : map.values.row(r)) finder.add(value);
  Range range = finder.range();
  if (map.scale == ColorScale::sign) {
    const double most = std::max(std::abs(range.low), std::abs(range.high));
    range = {-most, most};
  }
  return range;
}

ColorGrid colors_for(const Heatmap& map, Range range, Theme theme) {
  ColorGrid grid{map.values.rows(), map.values.cols(), {}};
  for (std::size_t r = 0; r < grid.rows; ++r)
    for (const double value : map.values.row(r)) grid.colors.push_back(scale_color(map.scale, (value - range.low) / range.size(), theme));
  return grid;
}

void draw_bar(Drawing& drawing, const Heatmap& map, Range range, const Ticks& ticks) {
  constexpr std::size_t kSteps = 128;
  const Box bar = {drawing.plot_.right() + 2 * kGap, drawing.plot_.y, kBarWidth, drawing.plot_.height};
  ColorGrid grid{kSteps, 1, {}};
  for (std::size_t i = 0; i < kSteps; ++i)
    grid.colors.push_back(scale_color(map.scale, 1 - (static_cast<double>(i) + 0.5) / kSteps, drawing.theme_));
  drawing.canvas_.grid(bar, grid);
  const Scale scale{range, bar.bottom(), bar.y};
  for (std::size_t i = 0; i < ticks.values.size(); ++i) {
    const double y = scale(ticks.values[i]);
    drawing.line({bar.right(), y}, {bar.right() + 3, y}, drawing.colors_.frame, 0.8);
    drawing.canvas_.text({bar.right() + 6, y + 0.35 * kTickSize}, ticks.labels[i], drawing.tick_style(Anchor::start));
  }
  const double x = bar.right() + 6 + widest(ticks.labels, kTickSize) + kLabelSize + 2;
  drawing.canvas_.text({x, bar.y + bar.height / 2}, map.value_label, {kLabelSize, drawing.colors_.text, Anchor::middle, false, true});
}

/// Ticks of the middles of n cells that begin with `first`: whole numbers.
Ticks cell_ticks(double first, std::size_t n, std::size_t wanted) {
  Ticks ticks = ticks_of({first, first + std::max(1.0, static_cast<double>(n) - 1)}, wanted);
  Ticks whole;
  for (std::size_t i = 0; i < ticks.values.size(); ++i) {
    if (ticks.values[i] != std::floor(ticks.values[i]) || ticks.values[i] > first + static_cast<double>(n) - 1) continue;
    whole.values.push_back(ticks.values[i]);
    whole.labels.push_back(ticks.labels[i]);
  }
  return whole;
}

/// Names of cells, as many as there is room for, evenly left out; long ones are cut.
Ticks name_ticks(const std::vector<std::string>& names, double first, double room) {
  constexpr double kLongest = 110;
  const auto fitting = static_cast<std::size_t>(std::max(1.0, room / (kTickSize + 2)));
  const std::size_t step = (names.size() + fitting - 1) / fitting;
  Ticks ticks;
  for (std::size_t i = 0; i < names.size(); i += step) {
    ticks.values.push_back(first + static_cast<double>(i));
    ticks.labels.push_back(fitted_text(names[i], kTickSize, kLongest));
  }
  return ticks;
}

void draw(Canvas& canvas, const Heatmap& map, const Box& box, Theme theme) {
  Drawing drawing(canvas, box, theme);
  const Range range = value_range(map);
  const auto rows = static_cast<double>(map.values.rows()), cols = static_cast<double>(map.values.cols());
  const Ticks y_ticks = map.y_names.empty() ? cell_ticks(map.first_y, map.values.rows(), n_ticks(box.height - 60, kPointsPerTickY))
                                            : name_ticks(map.y_names, map.first_y, box.height - 60);
  const Ticks x_ticks = map.x_names.empty() ? Ticks{} : name_ticks(map.x_names, map.first_x, box.width - 120);
  const Ticks bar_ticks = ticks_of(range, n_ticks(box.height - 60, kPointsPerTickY));
  const double right = kBarWidth + 4 * kGap + widest(bar_ticks.labels, kTickSize) + (map.value_label.empty() ? 0 : kLabelSize + kGap);
  drawing.lay_out(map.title, map.x, map.y, widest(y_ticks.labels, kTickSize), right, widest(x_ticks.labels, kTickSize));
  const Box& plot = drawing.plot_;
  canvas.grid(plot, colors_for(map, range, theme));
  const Scale x{{map.first_x - 0.5, map.first_x + cols - 0.5}, plot.x, plot.right()};
  const Scale y{{map.first_y - 0.5, map.first_y + rows - 0.5}, plot.y, plot.bottom()};
  if (map.x_names.empty()) {
    drawing.x_axis(cell_ticks(map.first_x, map.values.cols(), n_ticks(plot.width, kPointsPerTickX)), x, false);
  } else {
    drawing.turned_x_axis(x_ticks, x);
  }
  drawing.y_axis(y_ticks, y, false);
  drawing.frame();
  draw_bar(drawing, map, range, bar_ticks);
}

void check(const Heatmap& map) {
  require(map.values.rows() > 0 && map.values.cols() > 0, "a heat map has at least one number");
  require(map.x_names.empty() || map.x_names.size() == map.values.cols(), "a heat map has a name for each column, or none");
  require(map.y_names.empty() || map.y_names.size() == map.values.rows(), "a heat map has a name for each row, or none");
}

void draw(Canvas& canvas, const Dendrogram& tree, const Box& box, Theme theme) { draw_dendrogram(canvas, tree, box, theme); }
void check(const Dendrogram& tree) { check_dendrogram(tree); }

void draw(Canvas& canvas, const MapChart& chart, const Box& box, Theme theme) { draw_map(canvas, chart, box, theme); }
void check(const MapChart& chart) { check_map(chart); }

}  // namespace

void check_panel(const Panel& panel) {
  std::visit([](const auto& chart) { check(chart); }, panel);
}

void draw_panel(Canvas& canvas, const Panel& panel, const Box& box, Theme theme) {
  std::visit([&](const auto& chart) { draw(canvas, chart, box, theme); }, panel);
}

}  // namespace akin::plot
