#include "pattern.h"

#include <gtest/gtest.h>

namespace akin::text {
namespace {

std::string cut(const Json& json, SplitBehavior behavior, bool inverted, const std::string& text) {
  std::vector<Pattern::Match> matches;
  read_pattern(json, "t.json")->find_all(text, matches);
  std::vector<WordRange> words;
  split_by(behavior, inverted, text, matches, 100, words);
  std::string out;
  for (const WordRange& word : words) out += "|" + text.substr(word.begin - 100, word.end - word.begin);
  return out;
}

TEST(Pattern, DoesWithMatchesWhatTheBehaviourSays) {
  const Json dash = {{"String", "-"}};
  const std::string text = "the-final--countdown";
  EXPECT_EQ(cut(dash, SplitBehavior::removed, false, text), "|the|final|countdown");
  EXPECT_EQ(cut(dash, SplitBehavior::isolated, false, text), "|the|-|final|-|-|countdown");
  EXPECT_EQ(cut(dash, SplitBehavior::merged_with_previous, false, text), "|the-|final-|-|countdown");
  EXPECT_EQ(cut(dash, SplitBehavior::merged_with_next, false, text), "|the|-final|-|-countdown");
  EXPECT_EQ(cut(dash, SplitBehavior::contiguous, false, text), "|the|-|final|--|countdown");
  EXPECT_EQ(cut(dash, SplitBehavior::removed, true, text), "|-|-|-");
}

TEST(Pattern, TakesAStringLiterallyAndARegexNot) {
  EXPECT_EQ(cut({{"String", "a."}}, SplitBehavior::removed, false, "xa.ab"), "|x|ab");
  EXPECT_EQ(cut({{"Regex", "a."}}, SplitBehavior::removed, false, "xa.ab"), "|x");
  EXPECT_EQ(cut({{"String", ""}}, SplitBehavior::removed, false, "ab"), "|ab");
}

TEST(Pattern, IsDescribedAlikeHoweverItIsMatched) {
  const std::string gpt2 = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
  EXPECT_EQ(read_pattern({{"Regex", gpt2}}, "t")->describe(), "Regex " + Json(gpt2).dump());
  EXPECT_EQ(read_pattern({{"Regex", "a"}}, "t")->describe(), "Regex \"a\"");
}

TEST(Pattern, RefusesWhatIsNoPattern) {
  for (const Json& json : {Json::object(), Json(3), Json{{"Regex", 1}}, Json{{"Regex", "("}}})
    EXPECT_THROW(read_pattern(json, "t.json"), Error);
  EXPECT_THROW(read_behavior("Split", "t.json"), Error);
}

}  // namespace
}  // namespace akin::text
