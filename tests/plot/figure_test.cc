#include "akin/plot/figure.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <cmath>
#include <set>
#include <string>

#include "akin/base/mapped_file.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "png_reader.h"

namespace akin {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;

LineChart line_chart(std::size_t n_series) {
  LineChart chart{"Lines", {"distance", {}}, {"bias", {}}, {}, {{40, "trained"}}};
  for (std::size_t s = 0; s < n_series; ++s) {
    LineSeries series{"head " + std::to_string(s + 1), {}, {}};
    for (int i = 0; i < 64; ++i) {
      series.x.push_back(i);
      series.y.push_back(std::sin(i / 9.0 + static_cast<double>(s)));
    }
    chart.series.push_back(std::move(series));
  }
  return chart;
}

Heatmap heatmap(std::size_t rows, std::size_t cols) {
  Heatmap map{"Map", {"key", {}}, {"query", {}}, Matrix<double>(rows, cols), "weight", ColorScale::sign};
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < cols; ++c) map.values(r, c) = static_cast<double>(r) - static_cast<double>(c);
  return map;
}

Figure figure() {
  Figure made{"Both kinds", {}, 2};
  made.panels.emplace_back(heatmap(12, 20));
  made.panels.emplace_back(line_chart(3));
  return made;
}

TEST(Figure, HasTheSameBytesEachTime) {
  EXPECT_EQ(svg_of(figure()), svg_of(figure()));
  EXPECT_EQ(png_of(figure()), png_of(figure()));
}

TEST(Figure, ShowsTitlesAxesTicksAndLegend) {
  const std::string svg = svg_of(figure());
  for (const char* word : {">Both kinds<", ">Map<", ">Lines<", ">distance<", ">bias<", ">key<", ">query<", ">weight<", ">head 3<",
                           ">trained<", ">10<", ">0.5<"})
    EXPECT_NE(svg.find(word), std::string::npos) << word;
  const std::string alone = svg_of({"",
                                    [] {
                                      std::vector<Panel> panels;
                                      panels.emplace_back(line_chart(1));
                                      return panels;
                                    }(),
                                    1});
  EXPECT_EQ(alone.find(">head 1<"), std::string::npos) << "one line needs no legend";
}

TEST(Figure, DrawsTheSameThingsInPixels) {
  const plot::ReadPng png = plot::read_png(png_of(figure()));
  EXPECT_EQ(png.cols, 2 * (460 * 2 + 22 + 2 * 14U));
  EXPECT_EQ(png.per_metre, 5669U) << "two pixels a point, 144 to the inch";
  std::size_t blue = 0, orange = 0, ground = 0;
  for (const Color& pixel : png.pixels) {
    blue += pixel == line_color(0, Theme::light) ? 1 : 0;
    orange += pixel == line_color(1, Theme::light) ? 1 : 0;
    ground += pixel == colors_of(Theme::light).background ? 1 : 0;
  }
  // A line of 1.6 points over 300 is about 3 · 600 pixels, its edges blended.
  EXPECT_GT(blue, 500U);
  EXPECT_GT(orange, 500U);
  EXPECT_GT(ground, png.pixels.size() / 3);
}

TEST(Figure, ComesInDarkToo) {
  FigureStyle dark;
  dark.theme = Theme::dark;
  const plot::ReadPng png = plot::read_png(png_of(figure(), dark));
  EXPECT_EQ(png.at(0, 0), colors_of(Theme::dark).background);
}

TEST(Figure, BreaksLinesAtWhatIsNoNumberAndKeepsThemInside) {
  LineChart chart{"", {"", {}}, {"", {{-1, 1}}}, {{"a", {0, 1, 2, 3, 4, 5}, {0, std::nan(""), 0, 1e9, -1e9, HUGE_VAL}}}, {}};
  std::vector<Panel> panels;
  panels.emplace_back(std::move(chart));
  const Figure one{"", std::move(panels), 1};
  const std::string svg = svg_of(one);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
  EXPECT_EQ(svg.find("e+"), std::string::npos);
  EXPECT_FALSE(png_of(one).empty());
}

TEST(Figure, IsMadeOfAnyShapeOfNumbers) {
  for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{1, 1}, {1, 2000}, {500, 1}, {1500, 3}}) {
    std::vector<Panel> panels;
    panels.emplace_back(heatmap(rows, cols));
    panels.emplace_back(LineChart{"empty", {"", {}}, {"", {}}, {}, {}});
    panels.emplace_back(LineChart{"a point", {"", {}}, {"", {}}, {{"p", {1}, {1}}}, {}});
    const Figure odd{"", std::move(panels), 3};
    EXPECT_FALSE(svg_of(odd).empty());
    EXPECT_FALSE(png_of(odd).empty());
  }
}

TEST(Figure, NamesTheRowsAndColumnsOfAHeatMap) {
  Heatmap map = heatmap(3, 3);
  map.x_names = {"taken for a", "taken for b", "taken for c"};
  map.y_names = {"truly a", "truly b", std::string(200, 'w')};
  std::vector<Panel> panels;
  panels.emplace_back(std::move(map));
  const std::string svg = svg_of({"", std::move(panels), 1});
  for (const char* word : {">taken for a<", ">taken for c<", ">truly b<"}) EXPECT_NE(svg.find(word), std::string::npos) << word;
  EXPECT_EQ(svg.find(std::string(60, 'w')), std::string::npos) << "long names are cut";
  EXPECT_NE(svg.find("rotate(-90)\" font-size=\"9\" text-anchor=\"end\""), std::string::npos);
}

TEST(Figure, ShowsPointsWithTheirWords) {
  ScatterChart chart{"Words", {"first"}, {"second", {{-1, 1}}}, {{0, 0, "king", 0}, {1, 0.5, "queen", 1}, {2, 5, "outside", 0}}};
  chart.points.push_back({std::nan(""), 0, "nowhere", 0});
  std::vector<Panel> panels;
  panels.emplace_back(std::move(chart));
  const Figure one{"", std::move(panels), 1};
  const std::string svg = svg_of(one);
  for (const char* word : {">Words<", ">first<", ">second<", ">king<", ">queen<"}) EXPECT_NE(svg.find(word), std::string::npos) << word;
  for (const char* word : {"outside", "nowhere", "nan"}) EXPECT_EQ(svg.find(word), std::string::npos) << word;
  const plot::ReadPng png = plot::read_png(png_of(one));
  // A square of 4 points is 64 pixels, its edges blended.
  EXPECT_GT(std::ranges::count(png.pixels, line_color(1, Theme::light)), 30);
}

TEST(Figure, WordsOfNearPointsStandBesideEachOther) {
  ScatterChart chart{"", {}, {}, {{-1, -1, "first", 0}, {1, 1, "last", 0}}};
  for (const char* word : {"one", "two", "three", "four"}) chart.points.push_back({0, 0, word, 1});
  std::vector<Panel> panels;
  panels.emplace_back(std::move(chart));
  const std::string svg = svg_of({"", std::move(panels), 1});
  // Right, left, above and below: no two words of the one place begin alike.
  std::set<std::string> tags;
  for (const char* word : {">one<", ">two<", ">three<", ">four<"}) {
    const std::size_t end = svg.find(word);
    ASSERT_NE(end, std::string::npos);
    const std::size_t begin = svg.rfind("<text", end);
    tags.insert(svg.substr(begin, end - begin));
  }
  EXPECT_EQ(tags.size(), 4U);
}

TEST(Figure, IsSavedByItsEnding) {
  const TemporaryFolder folder;
  save_figure(folder.path() / "a.svg", figure());
  save_figure(folder.path() / "a.png", figure());
  EXPECT_EQ(read_file(folder.path() / "a.svg", 1 << 24), svg_of(figure()));
  EXPECT_EQ(read_file(folder.path() / "a.png", 1 << 24), png_of(figure()));
  expect_error(ErrorCode::invalid_argument, "known are .svg, .png", [&] { save_figure(folder.path() / "a.jpg", figure()); });
  expect_error(ErrorCode::not_found, "nowhere", [&] { save_figure(folder.path() / "nowhere/a.svg", figure()); });
  EXPECT_EQ(folder.n_entries(), 2U);
}

TEST(Figure, RefusesWhatCannotBeDrawn) {
  const auto drawing = [](Panel panel, FigureStyle style = {}) {
    std::vector<Panel> panels;
    panels.push_back(std::move(panel));
    (void)svg_of({"", std::move(panels), 1}, style);
  };
  expect_error(ErrorCode::invalid_argument, "1 to 64 panels", [] { (void)svg_of({}); });
  expect_error(ErrorCode::invalid_argument, "at least one number", [&] { drawing(Heatmap{}); });
  expect_error(ErrorCode::invalid_argument, "a name for each column", [&] {
    Heatmap map = heatmap(2, 3);
    map.x_names = {"a"};
    drawing(std::move(map));
  });
  expect_error(ErrorCode::invalid_argument, "as many x as y", [&] { drawing(LineChart{"", {}, {}, {{"a", {1, 2}, {1}}}, {}}); });
  expect_error(ErrorCode::invalid_argument, "up to a larger one", [&] { drawing(LineChart{"", {"", {{1, 1}}}, {}, {}, {}}); });
  expect_error(ErrorCode::invalid_argument, "100 to 4,000 points", [&] { drawing(line_chart(1), {Theme::light, 10, 300}); });
  expect_error(ErrorCode::invalid_argument, "100 to 4,000 points", [&] { drawing(line_chart(1), {Theme::light, 300, std::nan("")}); });
}

}  // namespace
}  // namespace akin
