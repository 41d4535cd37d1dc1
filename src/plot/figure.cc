#include "akin/plot/figure.h"

#include <algorithm>

#include "akin/base/atomic_file.h"
#include "akin/base/error.h"
#include "panel.h"
#include "raster_canvas.h"
#include "svg_canvas.h"

namespace akin {
namespace {

constexpr double kMargin = 14, kBetween = 22, kTitleSize = 14, kTitleHeight = 26, kPixelsPerPoint = 2;
constexpr double kSmallestPanel = 100, kLargestPanel = 4000;
constexpr std::size_t kMostPanels = 64;

/// Where everything stands.
struct Layout {
  std::size_t columns = 1;
  double top = kMargin, width = 0, height = 0;

  Layout(const Figure& figure, const FigureStyle& style) : columns(std::clamp<std::size_t>(figure.columns, 1, figure.panels.size())) {
    const std::size_t rows = (figure.panels.size() + columns - 1) / columns;
    if (!figure.title.empty()) top += kTitleHeight;
    width = 2 * kMargin + static_cast<double>(columns) * style.panel_width + static_cast<double>(columns - 1) * kBetween;
    height = top + kMargin + static_cast<double>(rows) * style.panel_height + static_cast<double>(rows - 1) * kBetween;
  }
  [[nodiscard]] plot::Box box(std::size_t i, const FigureStyle& style) const {
    return {kMargin + static_cast<double>(i % columns) * (style.panel_width + kBetween),
            top + static_cast<double>(i / columns) * (style.panel_height + kBetween), style.panel_width, style.panel_height};
  }
};

void check(const Figure& figure, const FigureStyle& style) {
  require(!figure.panels.empty() && figure.panels.size() <= kMostPanels, "a figure has 1 to 64 panels");
  for (const double side : {style.panel_width, style.panel_height})
    require(side >= kSmallestPanel && side <= kLargestPanel, "a panel is 100 to 4,000 points wide and high");
  for (const Panel& panel : figure.panels) plot::check_panel(panel);
}

void draw(plot::Canvas& canvas, const Figure& figure, const Layout& layout, const FigureStyle& style) {
  const plot::TextStyle title{kTitleSize, colors_of(style.theme).text, plot::Anchor::start, true, false};
  canvas.text({kMargin, kMargin + kTitleSize}, figure.title, title);
  for (std::size_t i = 0; i < figure.panels.size(); ++i) plot::draw_panel(canvas, figure.panels[i], layout.box(i, style), style.theme);
}

}  // namespace

std::string svg_of(const Figure& figure, const FigureStyle& style) {
  check(figure, style);
  const Layout layout(figure, style);
  plot::SvgCanvas canvas(layout.width, layout.height, colors_of(style.theme).background, figure.title);
  draw(canvas, figure, layout, style);
  return canvas.finish();
}

std::string png_of(const Figure& figure, const FigureStyle& style) {
  check(figure, style);
  const Layout layout(figure, style);
  plot::RasterCanvas canvas(layout.width, layout.height, kPixelsPerPoint, colors_of(style.theme).background);
  draw(canvas, figure, layout, style);
  return canvas.png();
}

void check_picture_name(const std::filesystem::path& path) {
  if (path.extension() != ".svg" && path.extension() != ".png")
    throw Error(ErrorCode::invalid_argument, "'" + path.string() + "': no picture ends like that; known are .svg, .png");
}

void save_figure(const std::filesystem::path& path, const Figure& figure, const FigureStyle& style) {
  check_picture_name(path);
  const std::string bytes = path.extension() == ".svg" ? svg_of(figure, style) : png_of(figure, style);
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace akin
