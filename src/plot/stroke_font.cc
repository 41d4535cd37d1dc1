#include "stroke_font.h"

#include <algorithm>
#include <cmath>
#include <locale>
#include <numbers>
#include <sstream>
#include <string>
#include <unordered_map>

#include "akin/base/utf8.h"
#include "stroke_glyphs.h"

namespace akin::plot {
namespace {

constexpr double kBearing = 8.5, kUnit = 0.01;
constexpr double kThin = 0.085, kThick = 0.125;

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

/// Calls visit(first, second) for the text's characters two by two.
template <class Visit>
void each_pair(std::string_view text, Visit visit) {
  for (std::size_t at = 0; at < text.size();) {
    const DecodedChar first = decode_utf8(text, at), second = decode_utf8(text, at + first.length);
    at += first.length + second.length;
    visit(first.code_point, second.code_point);
  }
}

using GlyphTable = std::unordered_map<char32_t, Glyph>;

void scale(Glyph& glyph, double by) {
  glyph.width *= by;
  for (auto& stroke : glyph.strokes)
    for (Point& p : stroke) p = {p.x * by, p.y * by};
}

/// The letter with the mark over its middle or under it. Over a capital the mark stands higher.
Glyph marked(Glyph letter, const Glyph& mark, bool is_above) {
  double top = 0;
  for (const auto& stroke : letter.strokes)
    for (const Point& p : stroke) top = std::max(top, p.y);
  const double x = letter.width / 2, y = is_above ? std::max(top, kSmallHeight) + kMarkGap : 0;
  for (std::vector<Point> stroke : mark.strokes) {
    for (Point& p : stroke) p = {p.x + x, p.y + y};
    letter.strokes.push_back(std::move(stroke));
  }
  return letter;
}

/// Every glyph, read once. Const afterwards.
const GlyphTable& glyphs() {
  static const GlyphTable table = [] {
    GlyphTable read;
    for (const GlyphText& text : kGlyphs) read.emplace(text.code, read_glyph(text));
    each_pair(kSameShapes, [&](char32_t code, char32_t shape) { read.emplace(code, read.at(shape)); });
    each_pair(kSmallCapitals, [&](char32_t code, char32_t capital) {
      scale(read.emplace(code, read.at(capital)).first->second, kSmallHeight / kCapitalHeight);
    });
    for (const Mark& mark : kMarks) {
      const Glyph drawn = read_glyph({0, 0, mark.path});
      each_pair(mark.letters, [&](char32_t code, char32_t letter) { read.emplace(code, marked(read.at(letter), drawn, mark.is_above)); });
    }
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
