// Colours that can be told apart: Okabe and Ito's eight for lines (2008; made for all common kinds of colour blindness), one scale from
// dark to light for amounts (it stays a scale in grey, as viridis does), one with a neutral middle for what has a sign. Tested by
// color_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace akin {

struct Color {
  std::uint8_t red = 0, green = 0, blue = 0;
  friend bool operator==(const Color&, const Color&) = default;
};

enum class Theme { light, dark };

/// What a picture is drawn with.
struct ThemeColors {
  Color background, text, faint_text, grid, frame;
};
ThemeColors colors_of(Theme theme) noexcept;

/// The colour of line number `i`; they repeat after eight.
Color line_color(std::size_t i, Theme theme) noexcept;

/// So many colours of groups there are; they repeat after that.
inline constexpr std::size_t kGroupColors = 24;
/// The colour of a group of points: eight hues, then the same darker, then paler: who has more than eight groups names them on the picture
/// too. Negative: grey, of no group.
Color group_color(std::int32_t group, Theme theme) noexcept;

enum class ColorScale {
  amount,  ///< dark blue over green to yellow, evenly lighter
  sign,    ///< blue, neutral in the middle, orange; the middle is the theme's background side
};
/// `t` from 0 to 1; numbers outside are taken as the nearer end, NaN is grey.
Color scale_color(ColorScale scale, double t, Theme theme) noexcept;

/// "#0072b2".
std::string hex_of(Color color);

/// How light a colour looks, 0 to 1 (WCAG's relative luminance).
double luminance(Color color) noexcept;

}  // namespace akin
