#include "bounded_json.h"

#include <gtest/gtest.h>

#include "base/throws.h"

namespace akin::hub {
namespace {

using akin::testing::expect_error;

TEST(BoundedJson, ReadsWhatServersSend) {
  const Json json = parse_bounded(R"({"a": {"b": [1, 2]}, "text": "x"})", "the answer");
  EXPECT_EQ(member(member(json, "a"), "b").size(), 2U);
  EXPECT_TRUE(member(json, "none").is_null());
  EXPECT_TRUE(member(member(json, "text"), "below").is_null());
  EXPECT_EQ(text_member(json, "text", 10), "x");
  EXPECT_EQ(text_member(json, "a", 10), "");
}

TEST(BoundedJson, RefusesWhatIsNone) {
  for (const std::string bad : {"", "<html>", "{", "[1,]", "{\"a\": NaN}", "{\"a\": 1e999}", "\"\xff\"", "nul"})
    expect_error(ErrorCode::corrupt, "the answer is not JSON", [&] { parse_bounded(bad, "the answer"); });
}

TEST(BoundedJson, RefusesDepthWithoutReadingOn) {
  EXPECT_NO_THROW(parse_bounded(std::string(16, '[') + std::string(16, ']'), "x"));
  expect_error(ErrorCode::corrupt, "nested more than 16 deep", [] { parse_bounded(std::string(10'000'000, '['), "x"); });
}

TEST(BoundedJson, MakesForeignTextFitForOneLine) {
  EXPECT_EQ(quotable("  a\r\n\tb \x1b[31m c\x7f ", 100), "a b [31m c");
  EXPECT_EQ(quotable("\xff", 100), "\xEF\xBF\xBD");
  EXPECT_EQ(quotable(std::string(50, 'a'), 10), std::string(10, 'a') + "…");
}

}  // namespace
}  // namespace akin::hub
