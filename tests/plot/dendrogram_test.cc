#include "akin/plot/dendrogram.h"

#include <gtest/gtest.h>

#include <cmath>

#include "akin/plot/figure.h"
#include "base/throws.h"
#include "png_reader.h"

namespace akin {
namespace {

using akin::testing::expect_error;

Figure figure_of(Dendrogram tree) {
  Figure figure;
  figure.panels.emplace_back(std::move(tree));
  figure.columns = 1;
  return figure;
}

/// Two pairs, joined at the end.
Dendrogram pairs() { return {"Pairs", "distance", {{0, 1, 1}, {2, 3, 2}, {4, 5, 10}}, {"ant", "bee", "cat", "dog"}, 5}; }

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

double height_of(const std::string& svg, const std::string& word) {
  const std::size_t end = svg.find(">" + word + "<"), begin = svg.rfind("<text", end), y = svg.find(" y=\"", begin);
  EXPECT_LT(y, end) << word;
  return std::stod(svg.substr(y + 4));
}

TEST(Dendrogram, NamesItsThingsEachPairTogether) {
  const std::string svg = svg_of(figure_of(pairs()));
  for (const char* word : {">Pairs<", ">distance<", ">ant<", ">bee<", ">cat<", ">dog<"}) EXPECT_EQ(count(svg, word), 1U) << word;
  const double step = height_of(svg, "bee") - height_of(svg, "ant");
  EXPECT_GT(step, 20);
  EXPECT_NEAR(height_of(svg, "dog") - height_of(svg, "cat"), step, 0.02);  // two decimals are written
  EXPECT_NEAR(height_of(svg, "cat") - height_of(svg, "bee"), step, 0.02);
}

TEST(Dendrogram, HasAColourForEachGroupUnderTheCut) {
  const std::string svg = svg_of(figure_of(pairs()));
  // Three lines for each join: two arms and what joins them.
  EXPECT_EQ(count(svg, "stroke=\"" + hex_of(group_color(0, Theme::light)) + "\""), 3U);
  EXPECT_EQ(count(svg, "stroke=\"" + hex_of(group_color(1, Theme::light)) + "\""), 3U);
  EXPECT_EQ(count(svg, "stroke-dasharray"), 1U) << "the cut itself";
  Dendrogram plain = pairs();
  plain.cut = 0;
  EXPECT_EQ(count(svg_of(figure_of(std::move(plain))), hex_of(group_color(0, Theme::light))), 0U);
}

TEST(Dendrogram, OfManyThingsShowsItsLastJoins) {
  Dendrogram tree{"", "", {}, {}, 0};
  // A chain: thing 0 and 1, then each next one to all before.
  for (std::uint32_t m = 0; m < 20000; ++m) tree.joins.push_back({m == 0 ? 0 : 20001 + m - 1, m + 1, 1.0 + m});
  const std::string svg = svg_of(figure_of(std::move(tree)));
  EXPECT_EQ(count(svg, ">19,942 things<"), 1U);
  EXPECT_EQ(count(svg, ">20,000<"), 2U) << "the last thing, and a tick";
  EXPECT_LT(svg.size(), 40000U);
}

TEST(Dendrogram, TakesOneThingAndEqualThings) {
  EXPECT_FALSE(png_of(figure_of({"", "", {}, {"alone"}, 0})).empty());
  const std::string svg = svg_of(figure_of({"", "", {{0, 1, 0}, {2, 3, 0}}, {}, 1}));
  EXPECT_EQ(svg.find("nan"), std::string::npos);
}

TEST(Dendrogram, RefusesJoinsThatAreNoTree) {
  const auto drawing = [](Dendrogram tree) {
    return [tree = std::move(tree)] {
      Dendrogram copy = tree;
      (void)svg_of(figure_of(std::move(copy)));
    };
  };
  expect_error(ErrorCode::invalid_argument, "each once", drawing({"", "", {{0, 1, 1}, {0, 2, 2}}, {}, 0}));
  expect_error(ErrorCode::invalid_argument, "each once", drawing({"", "", {{0, 4, 1}, {1, 2, 2}}, {}, 0}));
  expect_error(ErrorCode::invalid_argument, "each once", drawing({"", "", {{1, 1, 1}}, {}, 0}));
  expect_error(ErrorCode::invalid_argument, "heights from 0", drawing({"", "", {{0, 1, -1}}, {}, 0}));
  expect_error(ErrorCode::invalid_argument, "heights from 0", drawing({"", "", {{0, 1, std::nan("")}}, {}, 0}));
  expect_error(ErrorCode::invalid_argument, "one more name", drawing({"", "", {{0, 1, 1}}, {"a"}, 0}));
}

}  // namespace
}  // namespace akin
