// More of it is tested by parts_test.cc: the patterns of real tokenizers against the reference.
#include "regex_matcher.h"

#include <gtest/gtest.h>

#include <chrono>

#include "akin/base/error.h"

namespace akin::text {
namespace {

std::string matches(std::string_view pattern, const std::string& text) {
  std::vector<Regex::Match> found;
  Regex(pattern, "t.json").find_all(text, found);
  std::string out;
  for (const auto& [begin, end] : found) out += "|" + text.substr(begin, end - begin);
  return out;
}

TEST(Regex, TakesTheFirstAlternativeThatFits) {
  EXPECT_EQ(matches("a|ab", "abab"), "|a|a");
  EXPECT_EQ(matches("ab|a", "aba"), "|ab|a");
  EXPECT_EQ(matches("(?:a|b)c", "acbcc"), "|ac|bc");
}

TEST(Regex, RepeatsGreedilyLazilyAndForGood) {
  EXPECT_EQ(matches("a+b?", "aabaa"), "|aab|aa");
  EXPECT_EQ(matches("a+?", "aa"), "|a|a");
  EXPECT_EQ(matches("a++a", "aaa"), "");
  EXPECT_EQ(matches("a{2,3}", "aaaaaa a"), "|aaa|aaa");
  EXPECT_EQ(matches("a{,2}b", "aab"), "|aab");
  EXPECT_EQ(matches("x{2}", "xxx{2}"), "|xx");
  EXPECT_EQ(matches("x{a", "x{a"), "|x{a") << "a brace that is no repeat";
}

TEST(Regex, LooksAroundAndKeepsAtomicGroups) {
  EXPECT_EQ(matches(R"(\s+(?!\S))", "a   b  "), "|  |  ");
  EXPECT_EQ(matches(R"((?<=a)b|(?<!a)c)", "abcac"), "|b|c");
  EXPECT_EQ(matches("(?>a|ab)c", "abcac"), "|ac");
}

TEST(Regex, KnowsClassesNestedSetsAndCase) {
  EXPECT_EQ(matches(R"([^\s\p{L}]+)", "ab 12é!"), "|12|!");
  EXPECT_EQ(matches(R"([a[0-9]]+)", "a1b2"), "|a1|2");
  EXPECT_EQ(matches(R"([]a-]+)", "x]-a"), "|]-a");
  EXPECT_EQ(matches("(?i:AB)c", "abcABcABC"), "|abc|ABc");
  EXPECT_EQ(matches("a(?i)b|c", "aBCacA"), "|aB|ac");
}

TEST(Regex, GivesEmptyMatchesOnlyAwayFromOthers) {
  EXPECT_EQ(matches("a*", "baab"), "||aa|");
  EXPECT_EQ(matches("a*", ""), "|");
}

TEST(Regex, StaysLinearOnPatternsMadeToTurnBack) {
  const std::string letters(20'000, 'a');
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(matches("(?:a*)*b", letters), "");
  EXPECT_EQ(matches("(?:a|a)*b", letters), "");
  EXPECT_EQ(matches("(?:a|aa)+$b", letters), "");
  EXPECT_EQ(matches(R"(\w*\d)", letters), "");
  // Turning back through all ways would take longer than the universe has; this takes some tens of milliseconds.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST(Regex, GivesUpOnLookAroundThatTakesTooLong) { EXPECT_THROW(matches("(?=(?:a|aa)+$b)a", std::string(100, 'a')), Error); }

}  // namespace
}  // namespace akin::text
