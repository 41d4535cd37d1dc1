#include "akin/plot/color.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace akin {
namespace {

double contrast(Color a, Color b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

/// As an eye without red (protan) or green (deutan) cones sees it: Viénot, Brettel and Mollon (1999), in linear light.
std::array<double, 3> as_seen_by(bool deutan, Color color) {
  const auto linear = [](double c) { return std::pow(c / 255, 2.2); };
  const double r = linear(color.red), g = linear(color.green), b = linear(color.blue);
  if (deutan) return {0.29275 * r + 0.70725 * g, 0.29275 * r + 0.70725 * g, -0.02234 * r + 0.02234 * g + b};
  return {0.11238 * r + 0.88762 * g, 0.11238 * r + 0.88762 * g, 0.00401 * r - 0.00401 * g + b};
}

TEST(LineColors, StandOutFromTheGround) {
  for (const Theme theme : {Theme::light, Theme::dark}) {
    for (std::size_t i = 0; i < 8; ++i) {
      // 2 for lines of 1.6 points: yellow and sky blue on white are the palest of Okabe and Ito's.
      EXPECT_GT(contrast(line_color(i, theme), colors_of(theme).background), 2) << i;
      EXPECT_EQ(line_color(i, theme), line_color(i + 8, theme));
    }
    EXPECT_GT(contrast(colors_of(theme).text, colors_of(theme).background), 7);
    EXPECT_GT(contrast(colors_of(theme).faint_text, colors_of(theme).background), 4.5);
  }
}

TEST(LineColors, OfTheFirstFiveAreToldApartByColourBlindEyes) {
  for (const Theme theme : {Theme::light, Theme::dark}) {
    for (const bool deutan : {false, true}) {
      for (std::size_t a = 0; a < 5; ++a) {
        for (std::size_t b = 0; b < a; ++b) {
          const auto x = as_seen_by(deutan, line_color(a, theme)), y = as_seen_by(deutan, line_color(b, theme));
          double apart = 0;
          for (std::size_t c = 0; c < 3; ++c) apart += std::pow(std::cbrt(std::max(x[c], 0.0)) - std::cbrt(std::max(y[c], 0.0)), 2);
          // About four just noticeable steps of lightness (a cube root from 0 to 1 has a hundred).
          EXPECT_GT(std::sqrt(apart), 0.06) << a << " " << b;
        }
      }
    }
  }
}

TEST(GroupColors, AreTwentyFourAndStandOutFromTheGround) {
  for (const Theme theme : {Theme::light, Theme::dark}) {
    for (std::int32_t i = 0; i < static_cast<std::int32_t>(kGroupColors); ++i) {
      // 1.4: the palest (yellow and sky blue, paler still) are for marks of a map, whose groups are named on it.
      EXPECT_GT(contrast(group_color(i, theme), colors_of(theme).background), 1.4) << i;
      for (std::int32_t j = -1; j < i; ++j) EXPECT_NE(group_color(i, theme), group_color(j, theme)) << i << " " << j;
    }
    EXPECT_EQ(group_color(0, theme), group_color(24, theme));
    const Color none = group_color(-1, theme);
    EXPECT_LT(std::max({none.red, none.green, none.blue}) - std::min({none.red, none.green, none.blue}), 10) << "of no group is grey";
  }
}

TEST(GroupColors, OfTheFirstFiveAreThoseOfLines) {
  for (const Theme theme : {Theme::light, Theme::dark})
    for (std::int32_t i = 0; i < 5; ++i) EXPECT_EQ(group_color(i, theme), line_color(static_cast<std::size_t>(i), theme));
}

TEST(ColorScales, GoFromDarkToLightEvenlyForAmounts) {
  double last = -1;
  for (int i = 0; i <= 64; ++i) {
    const double lightness = std::cbrt(luminance(scale_color(ColorScale::amount, i / 64.0, Theme::light)));
    EXPECT_GT(lightness, last);
    if (i > 0) {
      EXPECT_LT(lightness - last, 0.04) << "no step stands out";
    }
    last = lightness;
  }
}

TEST(ColorScales, AreNeutralInTheMiddleForSigns) {
  for (const Theme theme : {Theme::light, Theme::dark}) {
    EXPECT_LT(contrast(scale_color(ColorScale::sign, 0.5, theme), colors_of(theme).background), 1.15);
    const Color low = scale_color(ColorScale::sign, 0, theme), high = scale_color(ColorScale::sign, 1, theme);
    EXPECT_GT(low.blue, low.red);
    EXPECT_GT(high.red, high.blue);
  }
}

TEST(ColorScales, TakeTheNearerEndOutsideAndGreyForWhatIsNoNumber) {
  EXPECT_EQ(scale_color(ColorScale::amount, -3, Theme::light), scale_color(ColorScale::amount, 0, Theme::light));
  EXPECT_EQ(scale_color(ColorScale::amount, HUGE_VAL, Theme::light), scale_color(ColorScale::amount, 1, Theme::light));
  EXPECT_EQ(scale_color(ColorScale::sign, std::nan(""), Theme::dark), (Color{128, 128, 128}));
}

}  // namespace
}  // namespace akin
