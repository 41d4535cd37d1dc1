#include "svg_canvas.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "akin/base/utf8.h"
#include "png.h"
#include "raster_canvas.h"

namespace akin::plot {
namespace {

constexpr double kPixelsPerPoint = 2;
constexpr std::size_t kRounds = 6;

// At most so many decimals, none that are not needed, whatever the locale.
std::string number(double value, int decimals = 2) {
  std::array<char, 64> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed, decimals);
  std::string text(digits.data(), end.ptr);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string tenths(double value) { return number(value, 1); }

std::string attribute(std::string_view name, const std::string& value) { return " " + std::string(name) + "=\"" + value + "\""; }

std::string box_attributes(const Box& box) {
  return attribute("x", number(box.x)) + attribute("y", number(box.y)) + attribute("width", number(box.width)) +
         attribute("height", number(box.height));
}

// Pixels a cell: large enough that a viewer which smooths pictures still shows cells.
constexpr std::size_t kWidestGrid = 1024;

ColorGrid enlarged(const ColorGrid& grid) {
  const std::size_t factor = std::max<std::size_t>(1, kWidestGrid / std::max(grid.rows, grid.cols));
  ColorGrid out{grid.rows * factor, grid.cols * factor, {}};
  out.colors.reserve(out.rows * out.cols);
  for (std::size_t r = 0; r < out.rows; ++r)
    for (std::size_t c = 0; c < out.cols; ++c) out.colors.push_back(grid.colors[r / factor * grid.cols + c / factor]);
  return out;
}

}  // namespace

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const DecodedChar code = decode_utf8(text, at);
    const char32_t c = code.code_point;
    const bool allowed = c >= 0x20 && c != 0xFFFE && c != 0xFFFF;
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (!code.valid || !allowed) {
      out += "\xEF\xBF\xBD";
    } else {
      out.append(text.substr(at, code.length));
    }
    at += code.length;
  }
  return out;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    unsigned group = 0;
    for (std::size_t b = 0; b < 3; ++b) group = group << 8 | (b < n ? static_cast<unsigned char>(bytes[i + b]) : 0U);
    for (std::size_t d = 0; d < 4; ++d) out += d <= n ? kDigits[group >> (18 - 6 * d) & 63U] : '=';
  }
  return out;
}

SvgCanvas::SvgCanvas(double width, double height, Color background, std::string_view title)
    : background_(background),
      svg_("<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"" + attribute("width", number(width)) +
           attribute("height", number(height)) + attribute("viewBox", "0 0 " + number(width) + " " + number(height)) +
           " font-family=\"Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif\">\n<title>" + xml_escaped(title) +
           "</title>\n") {
  fill({0, 0, width, height}, background);
}

void SvgCanvas::fill(const Box& box, Color color) { svg_ += "<rect" + box_attributes(box) + attribute("fill", hex_of(color)) + "/>\n"; }

void SvgCanvas::line(std::span<const Point> points, const LineStyle& style) {
  std::string list;
  for (const Point& p : points) list += (list.empty() ? "" : " ") + number(p.x) + "," + number(p.y);
  svg_ += "<polyline" + attribute("points", list) + " fill=\"none\"" + attribute("stroke", hex_of(style.color)) +
          attribute("stroke-width", number(style.width)) + " stroke-linejoin=\"round\" stroke-linecap=\"round\"" +
          (style.dashed ? attribute("stroke-dasharray", "4 4") : "") + "/>\n";
}

void SvgCanvas::area(std::span<const Point> outline, Color color, double opacity) {
  std::string list;
  for (const Point& p : outline) list += (list.empty() ? "" : " ") + number(p.x) + "," + number(p.y);
  svg_ += "<polygon" + attribute("points", list) + attribute("fill", hex_of(color)) + attribute("fill-opacity", number(opacity)) +
          " fill-rule=\"evenodd\"/>\n";
}

void SvgCanvas::marks(const Box& box, const Marks& marks) {
  if (marks.at.size() > kMostMarks) {
    RasterCanvas layer(box.width, box.height, kPixelsPerPoint, background_);
    Marks moved = marks;
    for (Point& p : moved.at) p = {p.x - box.x, p.y - box.y};
    layer.marks(box, moved);
    svg_ += "<image" + box_attributes(box) + " preserveAspectRatio=\"none\" xlink:href=\"data:image/png;base64," + base64(layer.png()) +
            "\"/>\n";
    return;
  }
  svg_ += "<g fill=\"none\" stroke-linecap=\"round\"" + attribute("stroke-width", number(2 * marks.radius)) +
          attribute("stroke-opacity", number(marks.opacity)) + ">\n";
  // A path for each colour is small. Several rounds of them, so that no colour is over all others.
  const std::size_t round = (marks.at.size() + kRounds - 1) / kRounds;
  for (std::size_t first = 0; first < marks.at.size(); first += round) {
    const std::size_t last = std::min(first + round, marks.at.size());
    std::map<std::string, std::string> paths;
    for (std::size_t i = first; i < last; ++i)
      paths[hex_of(marks.colors[i])] += "M" + tenths(marks.at[i].x) + " " + tenths(marks.at[i].y) + "h0";
    for (const auto& [color, path] : paths) svg_ += "<path" + attribute("stroke", color) + attribute("d", path) + "/>\n";
  }
  svg_ += "</g>\n";
}

void SvgCanvas::grid(const Box& box, const ColorGrid& grid) {
  const ColorGrid large = enlarged(grid);
  svg_ += "<image" + box_attributes(box) +
          " preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" xlink:href=\"data:image/png;base64," +
          base64(png_bytes(large.colors, large.cols, large.rows)) + "\"/>\n";
}

void SvgCanvas::text(Point at, std::string_view text, const TextStyle& style) {
  const char* anchor = style.anchor == Anchor::start ? "start" : style.anchor == Anchor::middle ? "middle" : "end";
  const std::string place = style.upwards ? attribute("transform", "translate(" + number(at.x) + " " + number(at.y) + ") rotate(-90)")
                                          : attribute("x", number(at.x)) + attribute("y", number(at.y));
  svg_ += "<text" + place + attribute("font-size", number(style.size)) + attribute("text-anchor", anchor) +
          (style.bold ? " font-weight=\"bold\"" : "") +
          (style.halo ? attribute("stroke", hex_of(*style.halo)) + attribute("stroke-width", number(2 * kHalo)) +
                            " stroke-linejoin=\"round\" paint-order=\"stroke\""
                      : "") +
          attribute("fill", hex_of(style.color)) + ">" + xml_escaped(text) + "</text>\n";
}

}  // namespace akin::plot
