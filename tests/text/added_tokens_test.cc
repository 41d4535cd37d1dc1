#include "added_tokens.h"

#include <gtest/gtest.h>

namespace akin::text {
namespace {

// "[7]" for token 7, the text for what lies between.
std::string found(std::vector<AddedToken> tokens, const std::string& text) {
  const AddedTokens added(std::move(tokens), nullptr);
  std::vector<Segment> segments;
  added.literal().split(text, segments);
  std::string out;
  for (const Segment& s : segments) {
    out += "|" + (s.token != nullptr ? "<" + std::to_string(s.token->id) + ">" : "") + text.substr(s.begin, s.end - s.begin);
  }
  return out;
}

TEST(AddedTokens, AreFoundAndTheRestIsKept) { EXPECT_EQ(found({{.content = "[M]", .id = 7}}, "a [M][M]b"), "|a |<7>[M]|<7>[M]|b"); }

TEST(AddedTokens, LeaveATextWithoutThemWhole) {
  EXPECT_EQ(found({{.content = "[M]", .id = 7}}, "a [N] b ["), "|a [N] b [");
  EXPECT_EQ(found({}, "a"), "|a");
  EXPECT_EQ(found({{.content = "[M]", .id = 7}}, ""), "");
}

TEST(AddedTokens, AreTakenLongestFirst) {
  EXPECT_EQ(found({{.content = "ab", .id = 1}, {.content = "abcd", .id = 2}, {.content = "x", .id = 3}}, "abcabcdx"),
            "|<1>ab|c|<2>abcd|<3>x");
}

TEST(AddedTokens, StripWhiteSpaceOnTheSidesTheyAskFor) {
  EXPECT_EQ(found({{.content = "M", .id = 1, .lstrip = true}}, "a \u00a0 M b"), "|a|<1> \u00a0 M| b");
  EXPECT_EQ(found({{.content = "M", .id = 1, .rstrip = true}}, "a M \u3000b"), "|a |<1>M \u3000|b");
}

TEST(AddedTokens, DoNotTakeTheSpaceThatTheOneBeforeTook) {
  EXPECT_EQ(found({{.content = "M", .id = 1, .lstrip = true, .rstrip = true}}, "M  M"), "|<1>M  |<1>M");
}

TEST(AddedTokens, OfOneWordNeedFreeSides) {
  const std::vector<AddedToken> tokens = {{.content = "cat", .id = 1, .single_word = true}};
  EXPECT_EQ(found(tokens, "cat cats \u00e9cat (cat)"), "|<1>cat| cats \u00e9cat (|<1>cat|)");
}

TEST(AddedTokens, AreFoundById) {
  const AddedTokens added({{.content = "b", .id = 9}, {.content = "a", .id = 3}}, nullptr);
  ASSERT_NE(added.find(9), nullptr);
  EXPECT_EQ(added.find(9)->content, "b");
  EXPECT_EQ(added.find(4), nullptr);
  EXPECT_EQ(added.find("a")->id, 3);
}

TEST(AddedTokens, WithANegativeIdAreRefused) {
  EXPECT_THROW(read_added_tokens(Json::parse(R"([{"content": "a", "id": -1}])"), "t.json"), Error);
}

}  // namespace
}  // namespace akin::text
