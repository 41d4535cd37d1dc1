#include "akin/plot/map_page.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <span>
#include <unordered_set>

#include "akin/base/atomic_file.h"
#include "akin/base/error.h"
#include "akin/base/sha256.h"
#include "akin/base/utf8.h"
#include "akin/plot/color.h"
#include "akin/plot/value_groups.h"
#include "axis.h"
#include "page_parts.h"
#include "svg_canvas.h"

namespace akin {
namespace {

constexpr std::size_t kMostGroups = 1000;  // of a field that is not asked for by name
constexpr std::size_t kMostCodes = 65535;  // 16 bits, less the code of what has no value
constexpr std::size_t kScaleSteps = 64;
constexpr double kSteps = 65535;

/// A JSON string that can stand inside a <script>: no '<', no '&', only what is UTF-8.
std::string json_string(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const DecodedChar code = decode_utf8(text, at);
    const char32_t c = code.code_point;
    if (!code.valid) {
      out += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      out += {'\\', static_cast<char>(c)};
    } else if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == 0x7F) {
      out += {'\\', 'u', '0', '0', kDigits[c >> 4], kDigits[c & 15]};
    } else {
      out.append(text.substr(at, code.length));
    }
    at += code.length;
  }
  return out + '"';
}

template <class T, class Write>
std::string list_of(std::span<const T> items, const Write& write) {
  std::string out = "[";
  for (const T& item : items) {
    if (out.size() > 1) out += ',';
    out += write(item);
  }
  return out + ']';
}
std::string strings(std::span<const std::string> items) {
  return list_of(items, [](const std::string& item) { return json_string(item); });
}

std::string little_endian(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
  return out;
}

std::string member(std::string_view name, const std::string& value) { return json_string(name) + ":" + value; }

std::string groups_json(const ValueGroups& found) {
  std::string codes;
  for (const std::int32_t group : found.groups) codes += little_endian(group < 0 ? 0xFFFFU : static_cast<std::uint32_t>(group), 2);
  return member("kind", "\"groups\"") + "," + member("values", strings(found.names)) + "," +
         member("codes", json_string(plot::base64(codes)));
}

std::string numbers_json(std::span<const double> numbers) {
  std::string bytes;
  for (const double number : numbers) bytes += little_endian(std::bit_cast<std::uint32_t>(static_cast<float>(number)), 4);
  return member("kind", "\"numbers\"") + "," + member("values", json_string(plot::base64(bytes)));
}

std::string field_json(const MapField& field, bool must_have_colors) {
  std::unordered_set<std::string_view> different;
  std::size_t n_told = 0;
  for (const std::string& value : field.values)
    if (!value.empty()) different.insert(value), ++n_told;
  std::string out = "{" + member("name", json_string(field.name)) + ",";
  const std::vector<double> amounts = field.are_kinds ? std::vector<double>{} : amounts_in(field.values);
  if (!amounts.empty()) return out + numbers_json(amounts) + "}";
  // A field that says something else of most rows is a text.
  const bool few = different.size() <= kMostGroups && 2 * different.size() <= std::max<std::size_t>(n_told, 8);
  if (few || must_have_colors) return out + groups_json(group_by_value(field.values, kMostCodes)) + "}";
  return out + member("kind", "\"texts\"") + "," + member("values", strings(field.values)) + "}";
}

std::string shortest(double value) {
  std::array<char, 40> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

struct Side {
  plot::Range range;
  std::string codes;
  Side(MatrixView<const float> points, std::size_t column) {
    plot::RangeFinder finder;
    for (std::size_t i = 0; i < points.rows(); ++i) finder.add(static_cast<double>(points(i, column)));
    range = finder.range();
    std::string bytes;
    for (std::size_t i = 0; i < points.rows(); ++i) {
      const double part = (static_cast<double>(points(i, column)) - range.low) / range.size();
      bytes += little_endian(static_cast<std::uint32_t>(std::lround(std::clamp(part, 0.0, 1.0) * kSteps)), 2);
    }
    codes = json_string(plot::base64(bytes));
  }
  [[nodiscard]] std::string range_json() const { return "[" + shortest(range.low) + "," + shortest(range.high) + "]"; }
};

std::string palette_json() {
  const auto color = [](Color c) { return json_string(hex_of(c)); };
  const auto groups = [&](Theme theme) {
    std::vector<Color> colors;
    for (std::size_t i = 0; i < kGroupColors; ++i) colors.push_back(group_color(static_cast<std::int32_t>(i), theme));
    return list_of(std::span<const Color>(colors), color);
  };
  std::vector<Color> scale;
  for (std::size_t i = 0; i < kScaleSteps; ++i)
    scale.push_back(scale_color(ColorScale::amount, static_cast<double>(i) / (kScaleSteps - 1), Theme::light));
  const std::string none =
      "{" + member("light", color(group_color(-1, Theme::light))) + "," + member("dark", color(group_color(-1, Theme::dark))) + "}";
  return "{" + member("light", groups(Theme::light)) + "," + member("dark", groups(Theme::dark)) + "," + member("none", none) + "," +
         member("scale", list_of(std::span<const Color>(scale), color)) + "}";
}

void want(bool holds, const std::string& otherwise) {
  if (!holds) throw Error(ErrorCode::invalid_argument, otherwise);
}

void check(const MapPage& page) {
  const std::size_t n = page.points.rows();
  want(n > 0 && page.points.cols() == 2, "a map page has at least one point, of two numbers each");
  for (std::size_t i = 0; i < n; ++i)
    if (!std::isfinite(page.points(i, 0)) || !std::isfinite(page.points(i, 1)))
      throw Error(ErrorCode::invalid_argument, "point " + std::to_string(i) + " of a map page is not finite");
  want(page.names.size() == n && (page.texts.empty() || page.texts.size() == n) && (page.pictures.empty() || page.pictures.size() == n),
       "a map page has a name for each point, and a text and a picture for each or none");
  std::set<std::string_view> names;
  for (const MapField& field : page.fields) {
    want(field.values.size() == n, "field '" + field.name + "' of a map page has a value for each point");
    want(names.insert(field.name).second, "two fields of a map page are called '" + field.name + "'");
  }
  want(page.color_by.empty() || names.contains(page.color_by), "a map page has no field '" + page.color_by + "' to be coloured by");
}

std::string data_json(const MapPage& page) {
  const Side x(page.points, 0), y(page.points, 1);
  const char* theme = page.theme == PageTheme::dark ? "\"dark\"" : page.theme == PageTheme::light ? "\"light\"" : "\"auto\"";
  std::string out = "{" + member("title", json_string(page.title)) + "," + member("about", json_string(page.about)) + "," +
                    member("theme", theme) + "," + member("n", std::to_string(page.points.rows())) + ",\n" +
                    member("x_range", x.range_json()) + "," + member("y_range", y.range_json()) + "," + member("x", x.codes) + "," +
                    member("y", y.codes) + ",\n";
  out += member("names", strings(page.names)) + ",\n" + member("texts", strings(page.texts)) + ",\n" +
         member("pictures", strings(page.pictures)) + ",\n";
  out += member("fields", list_of(std::span<const MapField>(page.fields),
                                  [&](const MapField& field) { return "\n" + field_json(field, field.name == page.color_by); })) +
         ",\n";
  return out + member("color", json_string(page.color_by)) + "," + member("palette", palette_json()) + "}";
}

std::string hash_of(std::string_view text) {
  const auto digest = Sha256().update(text).finish();
  return "'sha256-" + plot::base64({reinterpret_cast<const char*>(digest.data()), digest.size()}) + "'";
}

}  // namespace

std::string html_of(const MapPage& page) {
  check(page);
  // The page's own script and style and nothing else; pictures from where the page is, if there are any.
  const std::string policy = "default-src 'none'; script-src " + hash_of(plot::kPageScript) + "; style-src " + hash_of(plot::kPageStyle) +
                             "; img-src data:" + (page.pictures.empty() ? "" : " 'self' file:") + "; base-uri 'none'; form-action 'none'";
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"" +
      policy + "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" + plot::xml_escaped(page.title) +
      "</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>";
  out.append(plot::kPageStyle).append("</style>\n</head>\n<body>\n").append(plot::kPageBody);
  out += "<script type=\"application/json\" id=\"map-data\">" + data_json(page) + "</script>\n<script>";
  return out.append(plot::kPageScript).append("</script>\n</body>\n</html>\n");
}

void save_map_page(const std::filesystem::path& path, const MapPage& page) {
  const std::string html = html_of(page);
  AtomicFile file(path);
  file.write(html);
  file.commit();
}

}  // namespace akin
