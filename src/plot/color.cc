#include "akin/plot/color.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string_view>

namespace akin {
namespace {

constexpr std::array<Color, 8> kOnLight = {
    {{0, 114, 178}, {213, 94, 0}, {0, 158, 115}, {204, 121, 167}, {230, 159, 0}, {86, 180, 233}, {90, 90, 90}, {160, 140, 0}}};
// The same hues, lighter where they would drown in a dark ground.
constexpr std::array<Color, 8> kOnDark = {
    {{86, 180, 233}, {240, 128, 50}, {30, 190, 145}, {220, 145, 190}, {235, 175, 40}, {60, 140, 220}, {190, 190, 190}, {240, 228, 66}}};

// Of groups: the lines' hues without the grey, which is for what is in no group; wine in its place.
constexpr std::array<Color, 8> kGroupsOnLight = {
    {{0, 114, 178}, {213, 94, 0}, {0, 158, 115}, {204, 121, 167}, {230, 159, 0}, {86, 180, 233}, {136, 34, 85}, {150, 138, 20}}};
constexpr std::array<Color, 8> kGroupsOnDark = {
    {{86, 180, 233}, {240, 128, 50}, {30, 190, 145}, {220, 145, 190}, {235, 175, 40}, {70, 130, 230}, {224, 92, 140}, {240, 228, 66}}};

// Ends and steps between of a scale whose lightness rises evenly (CIELAB L* 15 to 92).
constexpr std::array<Color, 9> kAmount = {{{45, 20, 82},
                                           {54, 47, 115},
                                           {49, 77, 133},
                                           {40, 105, 142},
                                           {33, 133, 142},
                                           {36, 160, 133},
                                           {88, 187, 105},
                                           {161, 210, 68},
                                           {245, 228, 60}}};
// Blue to orange over near-white, or over near-black.
constexpr std::array<Color, 7> kSignOnLight = {
    {{8, 66, 130}, {60, 130, 190}, {160, 200, 225}, {246, 246, 244}, {250, 200, 140}, {226, 125, 50}, {150, 60, 5}}};
constexpr std::array<Color, 7> kSignOnDark = {
    {{140, 205, 250}, {60, 140, 210}, {28, 72, 120}, {30, 31, 34}, {125, 62, 20}, {215, 120, 45}, {255, 205, 140}}};

std::uint8_t mix(std::uint8_t a, std::uint8_t b, double t) noexcept {
  return static_cast<std::uint8_t>(std::lround(a + (static_cast<double>(b) - a) * t));
}

Color between(std::span<const Color> stops, double t) noexcept {
  const double place = t * static_cast<double>(stops.size() - 1);
  const auto low = std::min(static_cast<std::size_t>(place), stops.size() - 2);
  const double part = place - static_cast<double>(low);
  const Color a = stops[low], b = stops[low + 1];
  return {mix(a.red, b.red, part), mix(a.green, b.green, part), mix(a.blue, b.blue, part)};
}

double linear(std::uint8_t channel) noexcept {
  const double c = channel / 255.0;
  return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

}  // namespace

ThemeColors colors_of(Theme theme) noexcept {
  if (theme == Theme::dark) return {{24, 25, 28}, {232, 232, 232}, {170, 172, 176}, {52, 54, 58}, {120, 122, 126}};
  return {{255, 255, 255}, {26, 26, 26}, {95, 98, 102}, {228, 229, 231}, {120, 122, 126}};
}

Color line_color(std::size_t i, Theme theme) noexcept { return theme == Theme::dark ? kOnDark[i % 8] : kOnLight[i % 8]; }

Color group_color(std::int32_t group, Theme theme) noexcept {
  const bool dark = theme == Theme::dark;
  if (group < 0) return dark ? Color{92, 94, 98} : Color{176, 178, 182};
  const auto i = static_cast<std::size_t>(group) % kGroupColors;
  const Color hue = dark ? kGroupsOnDark[i % 8] : kGroupsOnLight[i % 8];
  // The second eight are darker, the third paler. On a dark ground the darker ones stay well above it.
  constexpr Color kBlack = {0, 0, 0}, kWhite = {255, 255, 255};
  if (i / 8 == 0) return hue;
  const Color toward = i / 8 == 1 ? kBlack : kWhite;
  const double part = i / 8 == 1 ? (dark ? 0.28 : 0.38) : dark ? 0.5 : 0.36;
  return {mix(hue.red, toward.red, part), mix(hue.green, toward.green, part), mix(hue.blue, toward.blue, part)};
}

Color scale_color(ColorScale scale, double t, Theme theme) noexcept {
  if (std::isnan(t)) return {128, 128, 128};
  t = std::clamp(t, 0.0, 1.0);
  if (scale == ColorScale::amount) return between(kAmount, t);
  return between(theme == Theme::dark ? kSignOnDark : kSignOnLight, t);
}

std::string hex_of(Color color) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "#";
  for (const std::uint8_t channel : {color.red, color.green, color.blue}) out.append({kDigits[channel >> 4], kDigits[channel & 15]});
  return out;
}

double luminance(Color color) noexcept { return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue); }

}  // namespace akin
