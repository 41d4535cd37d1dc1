#include "akin/plot/map_page.h"

#include <gtest/gtest.h>

#include <limits>

#include "akin/base/base64.h"
#include "akin/base/mapped_file.h"
#include "akin/base/sha256.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "page_parts.h"

namespace akin {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;

constexpr float kPoints[] = {0, 0, 10, 5, 5, 2.5F, 0, 5};

MapPage page_of_four() {
  MapPage page{"Four <points>", "by hand", {kPoints, 4, 2}, {"a:1", "a:2", "a:3", "a:4"}, {"one", "two", "three", "four"}};
  page.fields = {{"kind", {"x", "y", "x", ""}}};
  page.color_by = "kind";
  return page;
}

/// What is between two strings; "" where they are not there.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string::npos) return "";
  const std::size_t from = begin + before.size(), end = text.find(after, from);
  return end == std::string::npos ? "" : text.substr(from, end - from);
}

std::string data_of(const std::string& html) { return between(html, "id=\"map-data\">", "</script>"); }

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

TEST(MapPage, HasTheSameBytesEachTimeAndNoAddressInIt) {
  const std::string html = html_of(page_of_four());
  EXPECT_EQ(html, html_of(page_of_four()));
  for (const char* asking : {"http:", "https:", "src=", "@import", "url("}) EXPECT_EQ(html.find(asking), std::string::npos) << asking;
  EXPECT_NE(html.find("<title>Four &lt;points&gt;</title>"), std::string::npos);
}

TEST(MapPage, PlacesAreNumbersOf16Bits) {
  const std::string data = data_of(html_of(page_of_four()));
  // 0, 65535, 32768, 0 and 0, 65535, 32768, 65535, the lower byte first.
  EXPECT_EQ(decode_base64(between(data, "\"x\":\"", "\"")), std::string("\0\0\xFF\xFF\0\x80\0\0", 8));
  EXPECT_EQ(decode_base64(between(data, "\"y\":\"", "\"")), std::string("\0\0\xFF\xFF\0\x80\xFF\xFF", 8));
  EXPECT_EQ(between(data, "\"x_range\":", ","), "[0");
  EXPECT_NE(data.find("\"y_range\":[0,5]"), std::string::npos);
}

TEST(MapPage, FieldsAreGroupsNumbersOrTexts) {
  MapPage page = page_of_four();
  std::vector<float> points(200);
  page.points = {points.data(), 100, 2};
  page.names.assign(100, "n"), page.texts.clear();
  page.fields = {{"few", {}}, {"amount", {}}, {"word", {}}, {"rating", {}}};
  for (int i = 0; i < 100; ++i) {
    page.fields[0].values.push_back(i % 2 == 0 ? "even" : "odd");
    page.fields[1].values.push_back(i == 7 ? "" : std::to_string(i * 0.5));
    page.fields[2].values.push_back("word " + std::to_string(i));
    page.fields[3].values.push_back(std::to_string(i % 5));
  }
  page.color_by = "few";
  const std::string data = data_of(html_of(page));
  EXPECT_NE(data.find("{\"name\":\"few\",\"kind\":\"groups\",\"values\":[\"even\",\"odd\"]"), std::string::npos);
  EXPECT_NE(data.find("{\"name\":\"amount\",\"kind\":\"numbers\""), std::string::npos);
  EXPECT_NE(data.find("{\"name\":\"word\",\"kind\":\"texts\""), std::string::npos);
  EXPECT_NE(data.find("{\"name\":\"rating\",\"kind\":\"groups\",\"values\":[\"0\",\"1\",\"2\",\"3\",\"4\"]"), std::string::npos);
  page.color_by = "word";
  EXPECT_NE(data_of(html_of(page)).find("{\"name\":\"word\",\"kind\":\"groups\""), std::string::npos) << "what is asked for has colours";
}

TEST(MapPage, NoTextBreaksOut) {
  const std::string hostile[] = {
      "</script><script>alert(1)</script>", "<!-- <script>", "\"],\"x\":[", "\\", "\\\"", "]]>", "\xFF\xC0\x80", "a\0b\x1F\n\r\t",
      "\xE2\x80\xA8\xE2\x80\xA9",           "</SCRIPT ",     "&lt;&quot;"};
  MapPage page = page_of_four();
  const std::size_t n_scripts = count(html_of(page), "</script");
  for (const std::string& text : hostile) {
    page.title = page.about = page.texts[0] = page.names[1] = page.fields[0].values[2] = page.fields[0].name = page.color_by = text;
    const std::string html = html_of(page);
    EXPECT_EQ(count(html, "</script"), n_scripts) << text;
    EXPECT_EQ(html.find("<!--"), std::string::npos);
    const std::string data = data_of(html);
    EXPECT_EQ(data.find_first_of("<>&"), std::string::npos) << text;
    for (const char c : data) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n') << text;
    EXPECT_EQ(html.find(hostile[0]), std::string::npos);
  }
}

TEST(MapPage, LetsNoScriptRunButItsOwn) {
  MapPage page = page_of_four();
  std::string policy = between(html_of(page), "Content-Security-Policy\" content=\"", "\"");
  EXPECT_TRUE(policy.starts_with("default-src 'none'; "));
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(policy.find("file:"), std::string::npos);
  const std::optional<std::string> digest = decode_base64(between(policy, "script-src 'sha256-", "'"));
  ASSERT_TRUE(digest.has_value());
  const auto want = Sha256().update(plot::kPageScript).finish();
  EXPECT_EQ(*digest, std::string(want.begin(), want.end()));
  page.pictures = {"a.png", "b.png", "c.png", "d.png"};
  policy = between(html_of(page), "Content-Security-Policy\" content=\"", "\"");
  EXPECT_NE(policy.find("img-src data: 'self' file:"), std::string::npos) << "pictures come from beside the page";
}

TEST(MapPage, TakesPointsInOnePlace) {
  MapPage page = page_of_four();
  const float same[] = {3, 3, 3, 3, 3, 3, 3, 3};
  page.points = {same, 4, 2};
  EXPECT_EQ(html_of(page).find("nan"), std::string::npos);
}

TEST(MapPage, IsSavedAsAWholeFile) {
  const TemporaryFolder folder;
  save_map_page(folder.path() / "map.html", page_of_four());
  EXPECT_EQ(read_file(folder.path() / "map.html", 1 << 24), html_of(page_of_four()));
  expect_error(ErrorCode::not_found, "nowhere", [&] { save_map_page(folder.path() / "nowhere/map.html", page_of_four()); });
}

TEST(MapPage, RefusesWhatDoesNotFitTogether) {
  const auto with = [](auto change) {
    return [change] {
      MapPage page = page_of_four();
      change(page);
      (void)html_of(page);
    };
  };
  expect_error(ErrorCode::invalid_argument, "at least one point", with([](MapPage& page) { page.points = {}; }));
  expect_error(ErrorCode::invalid_argument, "a name for each point", with([](MapPage& page) { page.names.pop_back(); }));
  expect_error(ErrorCode::invalid_argument, "a text and a picture for each", with([](MapPage& page) { page.texts.pop_back(); }));
  expect_error(ErrorCode::invalid_argument, "'kind' of a map page has a value",
               with([](MapPage& page) { page.fields[0].values.pop_back(); }));
  expect_error(ErrorCode::invalid_argument, "are called 'kind'", with([](MapPage& page) { page.fields.push_back(page.fields[0]); }));
  expect_error(ErrorCode::invalid_argument, "no field 'colour'", with([](MapPage& page) { page.color_by = "colour"; }));
  const float bad[] = {0, 0, std::numeric_limits<float>::quiet_NaN(), 0, 0, 0, 0, 0};
  expect_error(ErrorCode::invalid_argument, "point 1", with([&](MapPage& page) { page.points = {bad, 4, 2}; }));
}

}  // namespace
}  // namespace akin
