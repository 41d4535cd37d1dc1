// Numbers → pictures: line charts, heat maps, labelled points, maps and trees, with axes, legends and titles, side by side in one figure,
// as SVG or PNG. The same figure gives the same bytes on every machine (PNG: with the same zlib): no font of the system is read, PNG text
// is drawn with strokes of our own. Why not a drawing library: docs/adr/0007-plots.md. Tested by figure_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/plot/color.h"
#include "akin/plot/dendrogram.h"
#include "akin/plot/map_chart.h"

namespace akin {

struct Axis {
  std::string label;
  std::optional<std::pair<double, double>> range = std::nullopt;  ///< of a line chart; none: what the numbers need
};

struct LineSeries {
  std::string label;  ///< in the legend, which is shown for two series or more
  std::vector<double> x, y;
};

/// A dashed vertical line with a word beside it.
struct VerticalMark {
  double x = 0;
  std::string label;
};

/// Lines through points; a number that is not finite breaks its line.
struct LineChart {
  std::string title;
  Axis x, y;
  std::vector<LineSeries> series;
  std::vector<VerticalMark> marks = {};
};

/// A matrix as colours: row 0 at the top, column 0 at the left.
struct Heatmap {
  std::string title;
  Axis x, y;
  Matrix<double> values;
  std::string value_label = {};
  ColorScale scale = ColorScale::amount;                ///< sign: 0 is the middle of the scale
  double first_x = 0, first_y = 0;                      ///< what the first column and row stand for; the next ones one more each
  std::vector<std::string> x_names = {}, y_names = {};  ///< of columns and rows, in place of these numbers
};

/// A point with a word beside it; points of one group share a colour.
struct LabelledPoint {
  double x = 0, y = 0;
  std::string label;
  std::size_t group = 0;
};

/// Points where they stand: words on a plane. Those that are not finite, or outside a given range, are left out.
struct ScatterChart {
  std::string title;
  Axis x, y;
  std::vector<LabelledPoint> points;
};

using Panel = std::variant<LineChart, Heatmap, ScatterChart, MapChart, Dendrogram>;

struct Figure {
  std::string title;
  std::vector<Panel> panels;
  std::size_t columns = 2;
};

struct FigureStyle {
  Theme theme = Theme::light;
  double panel_width = 460, panel_height = 330;  ///< in points; PNG has two pixels a point
};

/// Throws Error{invalid_argument} for a figure without panels, a series whose x and y differ in length, an empty matrix, a map whose groups
/// and points do not agree, joins that are no tree, or a size outside 100 to 4,000 points a panel.
std::string svg_of(const Figure& figure, const FigureStyle& style = {});
/// The bytes of a PNG file.
std::string png_of(const Figure& figure, const FigureStyle& style = {});
/// Writes one or the other, by the ending of `path`: .svg or .png; whole file or nothing. Throws Error{invalid_argument} for another
/// ending, Error{io}.
void save_figure(const std::filesystem::path& path, const Figure& figure, const FigureStyle& style = {});
/// Throws Error{invalid_argument} unless `path` ends so: to be told before the work.
void check_picture_name(const std::filesystem::path& path);

}  // namespace akin
