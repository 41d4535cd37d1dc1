// The words and signs of a filter, and the mark below a mistake.
#include "filter_lexer.h"

#include <gtest/gtest.h>

#include <vector>

namespace akin::store {
namespace {

using Texts = std::vector<std::string>;

Texts tokens(std::string_view filter, bool is_value = false) {
  Texts out;
  for (Token token = read_token(filter, 0, is_value); token.kind != TokenKind::end; token = read_token(filter, token.end, is_value)) {
    out.push_back(token.text);
    if (token.kind == TokenKind::broken) break;
  }
  return out;
}

TEST(FilterLexer, PartsWordsSignsAndBrackets) {
  EXPECT_EQ(tokens("a>=2 and(b!=x)"), (Texts{"a", ">=", "2", "and", "(", "b", "!=", "x", ")"}));
  EXPECT_EQ(tokens(" \t\n a-b.c/d:e \r"), Texts{"a-b.c/d:e"});
  EXPECT_EQ(tokens("größe=12€"), (Texts{"größe", "=", "12€"}));
  EXPECT_EQ(tokens("  "), Texts{});
}

TEST(FilterLexer, LetsValuesHoldSigns) {
  EXPECT_EQ(tokens("a?b=c&d>e", true), Texts{"a?b=c&d>e"});
  EXPECT_EQ(tokens("O'Neil,x", true), (Texts{"O'Neil", ",", "x"}));
  EXPECT_EQ(tokens("=x", true), (Texts{"=", "x"})) << "but not begin with one";
}

TEST(FilterLexer, TakesQuotationMarksOff) {
  EXPECT_EQ(tokens(R"("two words")"), Texts{"two words"});
  EXPECT_EQ(tokens(R"('it is "so"')"), Texts{R"(it is "so")"});
  EXPECT_EQ(tokens(R"("a \"b\" \\ c\n")"), Texts{R"(a "b" \ c\n)"});
  EXPECT_EQ(tokens(R"("")"), Texts{""});
  const Token broken = read_token(R"(x = "abc)", 4, true);
  EXPECT_EQ(broken.kind, TokenKind::broken);
  EXPECT_EQ(broken.begin, 4u);
}

TEST(FilterLexer, KnowsWhatNeedsQuotationMarks) {
  for (const char* text : {"x", "2026-01-31", "and", "a=b", "größe", "C++", "#1", "back\\slash"}) EXPECT_TRUE(is_plain_value(text)) << text;
  for (const char* text : {"", " ", "two words", "(x)", "a,b", "=x", "'x", "\"", "a\tb", " x"}) EXPECT_FALSE(is_plain_value(text)) << text;
  for (const char* text : {"author", "a.b", "größe", "andy"}) EXPECT_TRUE(is_plain_field(text)) << text;
  for (const char* text : {"", "AND", "or", "Not", "in", "exists", "a=b", "a b", "a("}) EXPECT_FALSE(is_plain_field(text)) << text;
}

TEST(FilterLexer, PointsAtAColumnOfCharacters) {
  EXPECT_EQ(point_at("größe ? 3", 8, "what?"), "column 7: what?\n  größe ? 3\n        ^");
  EXPECT_EQ(point_at("", 0, "x"), "column 1: x\n  \n  ^");
  EXPECT_EQ(point_at("a\tb\nc", 4, "x"), "column 5: x\n  a b c\n      ^") << "on one line";
}

TEST(FilterLexer, ShowsThePartAboutAPlaceOfALongFilter) {
  const std::string text = std::string(1000, 'a') + "!" + std::string(1000, 'b');
  EXPECT_EQ(point_at(text, 1000, "x"),
            "column 1001: x\n  …" + std::string(60, 'a') + "!" + std::string(59, 'b') + "…\n   " + std::string(60, ' ') + "^");
}

TEST(FilterLexer, PointsIntoAnyBytes) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += static_cast<char>(i * 7);
  for (std::size_t at = 0; at <= text.size(); ++at) EXPECT_FALSE(point_at(text, at, "x").empty());
}

}  // namespace
}  // namespace akin::store
