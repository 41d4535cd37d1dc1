#include "akin/plot/map_chart.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "akin/base/rng.h"
#include "akin/plot/figure.h"
#include "base/throws.h"
#include "png_reader.h"

namespace akin {
namespace {

using akin::testing::expect_error;

/// Clouds side by side, n points each.
MapChart clouds(std::size_t n_groups, std::size_t n) {
  MapChart chart;
  chart.title = "Clouds";
  chart.points = Matrix<float>(n_groups * n, 2);
  Rng rng(7);
  for (std::size_t i = 0; i < n_groups * n; ++i) {
    const std::size_t g = i % n_groups;
    chart.points(i, 0) = static_cast<float>(10 * (g % 3)) + rng.normal();
    chart.points(i, 1) = static_cast<float>(10 * (g / 3)) + rng.normal();
    chart.groups.push_back(static_cast<std::int32_t>(g));
  }
  for (std::size_t g = 0; g < n_groups; ++g) chart.group_names.push_back("group " + std::to_string(g));
  return chart;
}

TEST(MapChart, ColoursPointsByANumberEach) {
  MapChart chart = clouds(3, 40);
  chart.groups.clear(), chart.group_names.clear();
  for (std::size_t i = 0; i < chart.points.rows(); ++i) chart.values.push_back(1900.0 + static_cast<double>(i));
  chart.values[5] = std::nan("");
  chart.value_label = "year";
  Figure figure;
  figure.panels.emplace_back(std::move(chart));
  const std::string svg = svg_of(figure);
  EXPECT_NE(svg.find(">year<"), std::string::npos);
  EXPECT_NE(svg.find(">1,950<"), std::string::npos) << "a tick of the scale";
  EXPECT_EQ(svg.find(">group 0<"), std::string::npos);
  MapChart& same = std::get<MapChart>(figure.panels.front());
  same.groups.assign(same.points.rows(), 0);
  same.group_names = {"a"};
  expect_error(ErrorCode::invalid_argument, "by groups or by numbers", [&] { static_cast<void>(svg_of(figure)); });
  same.groups.clear();
  same.values.pop_back();
  expect_error(ErrorCode::invalid_argument, "a number for each point", [&] { static_cast<void>(svg_of(figure)); });
}

MapChart copy_of(const MapChart& chart) {
  MapChart copy;
  copy.title = chart.title, copy.groups = chart.groups, copy.group_names = chart.group_names, copy.outline = chart.outline;
  copy.points = chart.points.clone();
  return copy;
}

Figure figure_of(const MapChart& chart) {
  Figure figure;
  figure.panels.emplace_back(copy_of(chart));
  figure.columns = 1;
  return figure;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

TEST(MapChart, HasTheSameBytesEachTime) {
  MapChart chart = clouds(5, 100);
  for (const Outline outline : {Outline::none, Outline::hull, Outline::density}) {
    chart.outline = outline;
    EXPECT_EQ(svg_of(figure_of(chart)), svg_of(figure_of(chart)));
    EXPECT_EQ(png_of(figure_of(chart)), png_of(figure_of(chart)));
  }
}

TEST(MapChart, NamesItsGroupsOnTheMapAndInTheLegendWithTheirSizes) {
  MapChart chart = clouds(3, 1200);
  chart.groups[0] = -1;
  const std::string svg = svg_of(figure_of(chart));
  for (const char* name : {">group 0<", ">group 1<", ">group 2<"}) EXPECT_EQ(count(svg, name), 2U) << name;
  EXPECT_EQ(count(svg, ">1,199<"), 1U);
  EXPECT_EQ(count(svg, ">1,200<"), 2U);
  EXPECT_EQ(count(svg, ">other<"), 1U) << "what is in no group is in the legend alone";
  chart.name_groups = false;
  EXPECT_EQ(count(svg_of([&] {
                    Figure figure = figure_of(chart);
                    std::get<MapChart>(figure.panels.front()).name_groups = false;
                    return figure;
                  }()),
                  ">group 1<"),
            1U);
}

TEST(MapChart, PaintsPointsInTheColoursOfTheirGroups) {
  MapChart chart = clouds(2, 40);
  chart.groups[0] = -1;
  for (const Theme theme : {Theme::light, Theme::dark}) {
    FigureStyle style;
    style.theme = theme;
    const plot::ReadPng png = plot::read_png(png_of(figure_of(chart), style));
    EXPECT_EQ(png.at(0, 0), colors_of(theme).background);
    // Marks of the map are translucent; those of the legend are not, and have a radius of 4 points: 200 pixels.
    for (const std::int32_t group : {-1, 0, 1}) EXPECT_GT(std::ranges::count(png.pixels, group_color(group, theme)), 150) << group;
    const auto ground = std::ranges::count(png.pixels, colors_of(theme).background);
    EXPECT_LT(static_cast<std::size_t>(ground), png.pixels.size() - 80 * 40) << "80 points of some 60 pixels each are drawn";
  }
}

TEST(MapChart, OfManyPointsStaysSmall) {
  const std::string few = svg_of(figure_of(clouds(4, 5000)));
  EXPECT_EQ(count(few, "h0"), 20000U + 4U) << "a mark each, and those of the legend";
  EXPECT_LT(few.size(), 20000 * 16U) << "some 14 bytes a mark";
  const std::string many = svg_of(figure_of(clouds(4, 25000)));
  EXPECT_EQ(count(many, "data:image/png"), 1U);
  EXPECT_LT(many.size(), 1000000U) << "a panel of 920 x 660 pixels is no larger, whatever is on it";
}

TEST(MapChart, NamesThatHaveNoRoomAreLeftOut) {
  MapChart chart = clouds(3, 30);
  for (std::size_t i = 0; i < chart.points.rows(); ++i) chart.points(i, 0) *= 0.01F, chart.points(i, 1) *= 0.01F;
  chart.group_names = {std::string(300, 'W'), "narrow", "also narrow"};
  const std::string svg = svg_of(figure_of(chart));
  EXPECT_EQ(count(svg, std::string(60, 'W')), 0U) << "names are cut to what fits";
  EXPECT_GT(count(svg, "W…<"), 0U);
}

TEST(MapChart, ALongLegendEndsInHowManyMoreThereAre) {
  const std::string svg = svg_of(figure_of(clouds(60, 5)));
  EXPECT_EQ(count(svg, " more<"), 1U);
}

TEST(MapChart, TakesOddPoints) {
  for (const float x : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 3.0F, 3e38F}) {
    MapChart chart = clouds(3, 4);
    for (std::size_t i = 0; i < 12; i += 2) chart.points(i, 0) = x;
    for (const Outline outline : {Outline::none, Outline::hull, Outline::density}) {
      chart.outline = outline;
      const std::string svg = svg_of(figure_of(chart));
      EXPECT_EQ(svg.find("nan"), std::string::npos);
      EXPECT_EQ(svg.find("inf"), std::string::npos);
      EXPECT_FALSE(png_of(figure_of(chart)).empty());
    }
  }
  EXPECT_FALSE(png_of(figure_of(MapChart{})).empty());
  MapChart one = clouds(1, 1);
  one.outline = Outline::density;
  EXPECT_FALSE(png_of(figure_of(one)).empty());
}

TEST(MapChart, RefusesGroupsThatDoNotFit) {
  MapChart chart = clouds(2, 4);
  chart.groups.pop_back();
  expect_error(ErrorCode::invalid_argument, "a group for each point", [&] { (void)svg_of(figure_of(chart)); });
  chart = clouds(2, 4);
  chart.group_names.pop_back();
  expect_error(ErrorCode::invalid_argument, "has a name", [&] { (void)svg_of(figure_of(chart)); });
  chart = clouds(2, 4);
  chart.points = Matrix<float>(8, 3);
  expect_error(ErrorCode::invalid_argument, "two numbers", [&] { (void)svg_of(figure_of(chart)); });
}

TEST(FittingHeight, FollowsTheShapeOfTheMap) {
  MapChart flat = clouds(3, 50), tall = clouds(9, 50);
  EXPECT_EQ(fitting_height(flat, 800), 400);
  EXPECT_GT(fitting_height(tall, 800), 500);
  EXPECT_LE(fitting_height(tall, 800), 800);
}

}  // namespace
}  // namespace akin
