// What charts with axes share: sizes, a title, a frame, two axes. Tested through figure_test.cc.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "akin/plot/figure.h"
#include "axis.h"
#include "canvas.h"
#include "stroke_font.h"

namespace akin::plot {

inline constexpr double kTitleSize = 12, kLabelSize = 10.5, kTickSize = 9;
inline constexpr double kTickLength = 4, kGap = 5, kLegendSample = 16, kBarWidth = 11;
inline constexpr double kPointsPerTickX = 62, kPointsPerTickY = 42;

inline double widest(const std::vector<std::string>& words, double size) {
  double width = 0;
  for (const std::string& word : words) width = std::max(width, text_width(word, size));
  return width;
}

/// A range on its way to points of the picture.
struct Scale {
  Range range;
  double low_at = 0, high_at = 1;
  [[nodiscard]] double operator()(double value) const { return low_at + (value - range.low) / range.size() * (high_at - low_at); }
};

/// What all kinds of chart have: a title, a frame, two axes.
class Drawing {
 public:
  Drawing(Canvas& canvas, const Box& box, Theme theme) : canvas_(canvas), colors_(colors_of(theme)), theme_(theme), plot_(box) {}

  /// Room for everything around the plot; what the legend or the colour bar takes stands on the right.
  /// `x_labels`: how long turned labels below are; 0: they are not turned.
  void lay_out(const std::string& title, const Axis& x, const Axis& y, double y_labels, double right, double x_labels = 0) {
    const double top = title.empty() ? kGap : kTitleSize + 2 * kGap;
    const double left = y_labels + kTickLength + kGap + (y.label.empty() ? 0 : kLabelSize + 1.5 * kGap);
    const double below = std::max(kTickSize, x_labels) + kTickLength + kGap + (x.label.empty() ? 0 : kLabelSize + kGap);
    canvas_.text({plot_.x + left, plot_.y + kTitleSize}, title, {kTitleSize, colors_.text, Anchor::start, true, false});
    const double edge = plot_.x, bottom = plot_.bottom();
    plot_ = {plot_.x + left, plot_.y + top, std::max(20.0, plot_.width - left - right), std::max(20.0, plot_.height - top - below)};
    canvas_.text({plot_.x + plot_.width / 2, bottom - 0.25 * kLabelSize}, x.label,
                 {kLabelSize, colors_.text, Anchor::middle, false, false});
    canvas_.text({edge + kLabelSize, plot_.y + plot_.height / 2}, y.label, {kLabelSize, colors_.text, Anchor::middle, false, true});
  }

  void x_axis(const Ticks& ticks, const Scale& scale, bool with_grid) {
    for (std::size_t i = 0; i < ticks.values.size(); ++i) {
      const double x = scale(ticks.values[i]);
      if (with_grid) line({x, plot_.y}, {x, plot_.bottom()}, colors_.grid, 0.7);
      line({x, plot_.bottom()}, {x, plot_.bottom() + kTickLength}, colors_.frame, 0.8);
      canvas_.text({x, plot_.bottom() + kTickLength + kTickSize + 1}, ticks.labels[i], tick_style(Anchor::middle));
    }
  }
  /// Labels that are read upwards.
  void turned_x_axis(const Ticks& ticks, const Scale& scale) {
    for (std::size_t i = 0; i < ticks.values.size(); ++i) {
      const double x = scale(ticks.values[i]);
      line({x, plot_.bottom()}, {x, plot_.bottom() + kTickLength}, colors_.frame, 0.8);
      TextStyle style = tick_style(Anchor::end);
      style.upwards = true;
      canvas_.text({x + 0.35 * kTickSize, plot_.bottom() + kTickLength + 3}, ticks.labels[i], style);
    }
  }
  void y_axis(const Ticks& ticks, const Scale& scale, bool with_grid) {
    for (std::size_t i = 0; i < ticks.values.size(); ++i) {
      const double y = scale(ticks.values[i]);
      if (with_grid) line({plot_.x, y}, {plot_.right(), y}, colors_.grid, 0.7);
      line({plot_.x - kTickLength, y}, {plot_.x, y}, colors_.frame, 0.8);
      canvas_.text({plot_.x - kTickLength - 3, y + 0.35 * kTickSize}, ticks.labels[i], tick_style(Anchor::end));
    }
  }
  void frame() {
    const Point corners[] = {
        {plot_.x, plot_.y}, {plot_.right(), plot_.y}, {plot_.right(), plot_.bottom()}, {plot_.x, plot_.bottom()}, {plot_.x, plot_.y}};
    canvas_.line(corners, {colors_.frame, 0.8, false});
  }
  void line(Point from, Point to, Color color, double width, bool dashed = false) {
    const Point ends[] = {from, to};
    canvas_.line(ends, {color, width, dashed});
  }
  [[nodiscard]] TextStyle tick_style(Anchor anchor) const { return {kTickSize, colors_.faint_text, anchor, false, false}; }

  Canvas& canvas_;
  ThemeColors colors_;
  Theme theme_;
  Box plot_;
};

inline std::size_t n_ticks(double points, double each) { return static_cast<std::size_t>(std::clamp(points / each, 2.0, 10.0)); }

}  // namespace akin::plot
