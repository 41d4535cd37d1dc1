#include "stroke_font.h"

#include <algorithm>
#include <cmath>
#include <locale>
#include <numbers>
#include <sstream>
#include <string>
#include <unordered_map>

#include "akin/base/utf8.h"

namespace akin::plot {
namespace {

// A capital is 70 units high, a small letter 50; the baseline is 0 and y goes up. Commands: m x y (move), l x y (line), q cx cy x y (curve
// by one control point), o cx cy rx ry (ellipse), a cx cy rx ry from to (its part between two angles, from the right, counter-clockwise
// where `to` is larger; joined to what came before).
struct GlyphText {
  char32_t code;
  double width;  // of the ink; kBearing is added on each side
  const char* path;
};

constexpr double kBearing = 8.5, kUnit = 0.01, kUnknownWidth = 36;
constexpr double kThin = 0.085, kThick = 0.125;

constexpr GlyphText kGlyphs[] = {
    {U' ', 11, ""},
    {U'0', 40, "o 20 35 20 35"},
    {U'1', 22, "m 3 55 l 20 70 l 20 0"},
    {U'2', 40, "a 20 50 19 20 165 -40 l 1 0 l 40 0"},
    {U'3', 40, "a 19 53 17 17 155 -90 a 19 18 20 18 90 -155"},
    {U'4', 43, "m 33 0 l 33 70 l 0 20 l 43 20"},
    {U'5', 40, "m 37 70 l 8 70 l 5 39 a 19 23 20 23 135 -150"},
    {U'6', 41, "o 20.5 22 20.5 22 m 32 70 q 0 55 0 22"},
    {U'7', 40, "m 0 70 l 40 70 l 13 0"},
    {U'8', 41, "o 20.5 53 17 17 o 20.5 18 20.5 18"},
    {U'9', 41, "o 20.5 48 20.5 22 m 41 48 q 41 15 9 0"},
    {U'A', 50, "m 0 0 l 25 70 l 50 0 m 9 24 l 41 24"},
    {U'B', 43, "m 0 0 l 0 70 l 22 70 a 22 53 18 17 90 -90 l 0 36 m 22 36 a 22 18 21 18 90 -90 l 0 0"},
    {U'C', 50, "a 29 35 29 35 45 315"},
    {U'D', 48, "m 0 0 l 0 70 l 18 70 a 18 35 30 35 90 -90 l 0 0"},
    {U'E', 38, "m 39 70 l 0 70 l 0 0 l 39 0 m 0 36 l 33 36"},
    {U'F', 36, "m 38 70 l 0 70 l 0 0 m 0 36 l 32 36"},
    {U'G', 55, "a 29 35 29 35 45 330 l 54 32 l 33 32"},
    {U'H', 46, "m 0 0 l 0 70 m 46 0 l 46 70 m 0 36 l 46 36"},
    {U'I', 0, "m 0 0 l 0 70"},
    {U'J', 26, "m 26 70 l 26 18 a 13 18 13 18 0 -170"},
    {U'K', 44, "m 0 0 l 0 70 m 42 70 l 0 26 m 15 42 l 44 0"},
    {U'L', 35, "m 0 70 l 0 0 l 35 0"},
    {U'M', 56, "m 0 0 l 0 70 l 28 14 l 56 70 l 56 0"},
    {U'N', 46, "m 0 0 l 0 70 l 46 0 l 46 70"},
    {U'O', 58, "o 29 35 29 35"},
    {U'P', 42, "m 0 0 l 0 70 l 22 70 a 22 51 20 19 90 -90 l 0 32"},
    {U'Q', 58, "o 29 35 29 35 m 37 16 l 57 -5"},
    {U'R', 43, "m 0 0 l 0 70 l 22 70 a 22 51 20 19 90 -90 l 0 32 m 20 32 l 43 0"},
    {U'S', 43, "a 22 53 19 17 35 270 a 22 18 21.5 18 90 -150"},
    {U'T', 46, "m 0 70 l 46 70 m 23 70 l 23 0"},
    {U'U', 46, "m 0 70 l 0 23 a 23 23 23 23 180 360 l 46 70"},
    {U'V', 48, "m 0 70 l 24 0 l 48 70"},
    {U'W', 68, "m 0 70 l 17 0 l 34 62 l 51 0 l 68 70"},
    {U'X', 44, "m 0 0 l 44 70 m 0 70 l 44 0"},
    {U'Y', 46, "m 0 70 l 23 34 l 46 70 m 23 34 l 23 0"},
    {U'Z', 43, "m 0 70 l 43 70 l 0 0 l 43 0"},
    {U'a', 39, "o 19.5 25 19.5 25 m 39 50 l 39 0"},
    {U'b', 39, "m 0 70 l 0 0 o 19.5 25 19.5 25"},
    {U'c', 36, "a 21 25 21 25 45 315"},
    {U'd', 39, "o 19.5 25 19.5 25 m 39 70 l 39 0"},
    {U'e', 40, "m 1 26 l 40 26 a 20 25 20 25 2 318"},
    {U'f', 22, "m 24 69 q 9 73 9 55 l 9 0 m 0 47 l 22 47"},
    {U'g', 39, "o 19.5 25 19.5 25 m 39 50 l 39 0 a 19.5 -1 19.5 19 0 -150"},
    {U'h', 36, "m 0 70 l 0 0 m 0 32 a 18 32 18 18 180 0 l 36 0"},
    {U'i', 0, "m 0 50 l 0 0 m 0 67 l 0 68"},
    {U'j', 8, "m 8 50 l 8 -8 q 8 -20 -4 -19 m 8 67 l 8 68"},
    {U'k', 33, "m 0 70 l 0 0 m 31 50 l 0 18 m 12 30 l 34 0"},
    {U'l', 0, "m 0 70 l 0 0"},
    {U'm', 60, "m 0 50 l 0 0 m 0 33 a 15 33 15 17 180 0 l 30 0 m 30 33 a 45 33 15 17 180 0 l 60 0"},
    {U'n', 36, "m 0 50 l 0 0 m 0 32 a 18 32 18 18 180 0 l 36 0"},
    {U'o', 40, "o 20 25 20 25"},
    {U'p', 39, "m 0 50 l 0 -20 o 19.5 25 19.5 25"},
    {U'q', 39, "o 19.5 25 19.5 25 m 39 50 l 39 -20"},
    {U'r', 20, "m 0 50 l 0 0 m 0 28 q 2 50 21 49"},
    {U's', 34, "a 17 37 15 13 35 270 a 17 12 17 12 90 -150"},
    {U't', 24, "m 10 66 l 10 12 q 10 -1 24 1 m 0 48 l 23 48"},
    {U'u', 36, "m 0 50 l 0 18 a 18 18 18 18 180 360 m 36 50 l 36 0"},
    {U'v', 36, "m 0 50 l 18 0 l 36 50"},
    {U'w', 54, "m 0 50 l 13 0 l 27 45 l 41 0 l 54 50"},
    {U'x', 34, "m 0 0 l 34 50 m 0 50 l 34 0"},
    {U'y', 36, "m 0 50 l 18 2 m 36 50 l 14 -12 q 11 -20 2 -19"},
    {U'z', 33, "m 0 50 l 33 50 l 0 0 l 33 0"},
    {U'.', 0, "m 0 0 l 0 1"},
    {U',', 4, "m 3 2 l 0 -11"},
    {U':', 0, "m 0 1 l 0 2 m 0 45 l 0 46"},
    {U';', 4, "m 3 2 l 0 -11 m 3 45 l 3 46"},
    {U'!', 0, "m 0 70 l 0 20 m 0 0 l 0 1"},
    {U'?', 35, "a 17 53 17 17 165 -50 q 17 32 17 20 m 17 0 l 17 1"},
    {U'-', 22, "m 0 26 l 22 26"},
    {U'_', 44, "m 0 -12 l 44 -12"},
    {U'+', 40, "m 0 30 l 40 30 m 20 50 l 20 10"},
    {U'=', 40, "m 0 39 l 40 39 m 0 21 l 40 21"},
    {U'<', 38, "m 38 52 l 0 30 l 38 8"},
    {U'>', 38, "m 0 52 l 38 30 l 0 8"},
    {U'/', 28, "m 0 -8 l 28 76"},
    {U'\\', 28, "m 0 76 l 28 -8"},
    {U'|', 0, "m 0 78 l 0 -14"},
    {U'(', 14, "m 14 78 q -12 32 14 -14"},
    {U')', 14, "m 0 78 q 26 32 0 -14"},
    {U'[', 14, "m 14 78 l 0 78 l 0 -14 l 14 -14"},
    {U']', 14, "m 0 78 l 14 78 l 14 -14 l 0 -14"},
    {U'{', 18, "m 18 78 q 8 78 8 66 l 8 44 q 8 32 0 32 q 8 32 8 20 l 8 -2 q 8 -14 18 -14"},
    {U'}', 18, "m 0 78 q 10 78 10 66 l 10 44 q 10 32 18 32 q 10 32 10 20 l 10 -2 q 10 -14 0 -14"},
    {U'\'', 0, "m 0 70 l 0 52"},
    {U'"', 14, "m 0 70 l 0 52 m 14 70 l 14 52"},
    {U'`', 10, "m 0 72 l 10 58"},
    {U'^', 34, "m 0 44 l 17 70 l 34 44"},
    {U'~', 40, "m 0 26 q 10 42 20 30 q 30 18 40 34"},
    {U'*', 32, "m 16 70 l 16 38 m 2 62 l 30 46 m 30 62 l 2 46"},
    {U'#', 46, "m 12 0 l 20 70 m 30 0 l 38 70 m 4 46 l 46 46 m 0 24 l 42 24"},
    {U'$', 42, "a 21 50 18 14 35 270 a 21 20 20 16 90 -150 m 21 76 l 21 -8"},
    {U'%', 60, "o 12 56 12 14 o 48 14 12 14 m 50 70 l 10 0"},
    {U'&', 52, "m 52 0 l 12 48 a 22 56 13 14 210 -30 q 30 42 14 36 a 20 18 20 18 115 300 q 42 8 48 28"},
    {U'@', 70, "a 35 28 35 38 -50 310 m 52 46 l 50 22 q 50 12 58 12 q 68 14 70 28 m 51 28 a 36 28 15 17 10 370"},
    {U'\u00B0', 18, "o 9 60 9 9"},
    {U'\u00B1', 40, "m 0 36 l 40 36 m 20 56 l 20 16 m 0 4 l 40 4"},
    {U'\u00B2', 22, "a 11 62 10 9 165 -40 l 1 36 l 22 36"},
    {U'\u00B7', 0, "m 0 28 l 0 29"},
    {U'\u00D7', 32, "m 0 14 l 32 46 m 0 46 l 32 14"},
    {U'\u03B1', 42, "m 42 50 q 30 10 18 1 q 0 -4 0 25 q 0 54 18 49 q 30 40 42 0"},
    {U'\u03B2', 38, "m 0 -20 l 0 50 a 17 52 17 18 185 -90 m 16 34 a 18 17 20 17 90 -150"},
    {U'\u03B8', 38, "o 19 35 19 35 m 0 36 l 38 36"},
    {U'\u03BB', 40, "m 2 70 q 12 72 16 58 l 40 0 m 20 42 l 0 0"},
    {U'\u03C0', 46, "m 0 46 l 46 46 m 13 46 l 9 0 m 34 46 l 34 10 q 34 -2 44 2"},
    {U'\u2013', 36, "m 0 26 l 36 26"},
    {U'\u2026', 40, "m 0 0 l 0 1 m 20 0 l 20 1 m 40 0 l 40 1"},
    {U'\u2192', 52, "m 0 28 l 52 28 m 34 44 l 52 28 l 34 12"},
    {U'\u221A', 46, "m 0 30 l 10 36 l 24 0 l 42 72 l 50 72"},
    {U'\u2212', 40, "m 0 30 l 40 30"},
    {U'\u2248', 40, "m 0 38 q 10 50 20 42 q 30 34 40 46 m 0 16 q 10 28 20 20 q 30 12 40 24"},
    {U'\u2264', 38, "m 38 62 l 0 42 l 38 22 m 0 8 l 38 8"},
    {U'\u2265', 38, "m 0 62 l 38 42 l 0 22 m 0 8 l 38 8"},
};
constexpr GlyphText kUnknown = {0, kUnknownWidth, "m 0 0 l 0 70 l 36 70 l 36 0 l 0 0"};

struct Glyph {
  double width = 0;
  Strokes strokes;  // y up, in units
};

void add_arc(std::vector<Point>& out, Point center, Point radius, double from, double to) {
  const int n = std::max(4, static_cast<int>(std::ceil(std::abs(to - from) / 7.5)));
  for (int i = 0; i <= n; ++i) {
    const double angle = (from + (to - from) * i / n) * std::numbers::pi / 180;
    out.push_back({center.x + radius.x * std::cos(angle), center.y + radius.y * std::sin(angle)});
  }
}

void add_curve(std::vector<Point>& out, Point control, Point end) {
  constexpr int kSteps = 12;
  const Point start = out.back();
  for (int i = 1; i <= kSteps; ++i) {
    const double t = static_cast<double>(i) / kSteps, u = 1 - t;
    out.push_back({u * u * start.x + 2 * u * t * control.x + t * t * end.x, u * u * start.y + 2 * u * t * control.y + t * t * end.y});
  }
}

Glyph read_glyph(const GlyphText& text) {
  Glyph glyph{text.width, {}};
  std::istringstream in(text.path);
  in.imbue(std::locale::classic());
  const auto point = [&] {
    Point p;
    in >> p.x >> p.y;
    return p;
  };
  for (char command = 0; in >> command;) {
    if (command == 'm' || command == 'o' || glyph.strokes.empty()) glyph.strokes.emplace_back();
    std::vector<Point>& stroke = glyph.strokes.back();
    if (command == 'm' || command == 'l') {
      stroke.push_back(point());
    } else if (command == 'q') {
      const Point control = point();
      add_curve(stroke, control, point());
    } else {
      const Point center = point(), radius = point();
      const Point angles = command == 'o' ? Point{0, 360} : point();
      add_arc(stroke, center, radius, angles.x, angles.y);
    }
  }
  return glyph;
}

/// Every glyph, read once. Const afterwards.
const std::unordered_map<char32_t, Glyph>& glyphs() {
  static const std::unordered_map<char32_t, Glyph> table = [] {
    std::unordered_map<char32_t, Glyph> read;
    for (const GlyphText& text : kGlyphs) read.emplace(text.code, read_glyph(text));
    read.emplace(0, read_glyph(kUnknown));
    return read;
  }();
  return table;
}

template <class Visit>
double each_glyph(std::string_view text, Visit visit) {
  double x = 0;
  for (std::size_t at = 0; at < text.size();) {
    const DecodedChar code = decode_utf8(text, at);
    at += code.length;
    const auto found = glyphs().find(code.code_point);
    const Glyph& glyph = found != glyphs().end() ? found->second : glyphs().at(0);
    visit(glyph, x + kBearing);
    x += glyph.width + 2 * kBearing;
  }
  return x;
}

}  // namespace

Strokes text_strokes(std::string_view text, double size) {
  Strokes out;
  const double unit = size * kUnit;
  each_glyph(text, [&](const Glyph& glyph, double x) {
    for (const std::vector<Point>& stroke : glyph.strokes) {
      std::vector<Point>& placed = out.emplace_back();
      for (const Point& p : stroke) placed.push_back({(x + p.x) * unit, -p.y * unit});
    }
  });
  return out;
}

double text_width(std::string_view text, double size) {
  return each_glyph(text, [](const Glyph&, double) {}) * size * kUnit;
}

std::string fitted_text(std::string_view text, double size, double width) {
  if (text_width(text, size) <= width) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = decode_utf8(text, at).length;
    const std::string longer = out + std::string(text.substr(at, length));
    if (text_width(longer + "…", size) > width) break;
    out = longer;
    at += length;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out + "…";
}

double stroke_width(double size, bool bold) noexcept { return size * (bold ? kThick : kThin); }

}  // namespace akin::plot
