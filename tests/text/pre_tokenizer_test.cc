#include "pre_tokenizer.h"

#include <gtest/gtest.h>

namespace akin::text {
namespace {

std::string words(const std::string& json, const std::string& in) {
  NormalizedText text(in);
  std::vector<WordRange> ranges = {{0, in.size()}};
  read_pre_tokenizer(Json::parse(json), "t.json")->split(text, ranges);
  std::string out;
  for (const WordRange& range : ranges) out += "|" + in.substr(range.begin, range.end - range.begin);
  return out;
}

TEST(PreTokenizers, CutAsTheirNamesSay) {
  EXPECT_EQ(words(R"({"type": "BertPreTokenizer"})", "don't a\u3000b…!"), "|don|'|t|a|b|…|!");
  EXPECT_EQ(words(R"({"type": "Whitespace"})", "don't é_1 +="), "|don|'|t|é_1|+=");
  EXPECT_EQ(words(R"({"type": "WhitespaceSplit"})", " don't  a "), "|don't|a");
  EXPECT_EQ(words(R"({"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "BertPreTokenizer"}]})", "a,b c"),
            "|a|,|b|c");
}

TEST(PreTokenizers, CutAtDigitsPunctuationAndDelimiters) {
  EXPECT_EQ(words(R"({"type": "Digits", "individual_digits": true})", "a12b"), "|a|1|2|b");
  EXPECT_EQ(words(R"({"type": "Digits"})", "a12\u0663b"), "|a|12\u0663|b");
  EXPECT_EQ(words(R"({"type": "Punctuation"})", "a,.b"), "|a|,|.|b");
  EXPECT_EQ(words(R"({"type": "CharDelimiterSplit", "delimiter": ","})", "a,,b"), "|a|b");
  EXPECT_EQ(words(R"({"type": "FixedLength", "length": 2})", "aéb"), "|aé|b");
  EXPECT_EQ(words(R"({"type": "Split", "pattern": {"Regex": "[0-9]"}, "behavior": "MergedWithNext"})", "a1b2"), "|a|1b|2");
}

TEST(PreTokenizers, GiveNothingForNothing) { EXPECT_EQ(words(R"({"type": "BertPreTokenizer"})", " \n"), ""); }

TEST(ReadPreTokenizer, RefusesUnknownKindsAndBehaviours) {
  EXPECT_THROW(words(R"({"type": "Guillotine"})", ""), Error);
  EXPECT_THROW(words(R"({"type": "Punctuation", "behavior": "Shouted"})", ""), Error);
  EXPECT_THROW(words(R"({"type": "Split", "pattern": {"Regex": "("}, "behavior": "Isolated"})", ""), Error);
  EXPECT_THROW(words(R"({"type": "Split", "pattern": {}, "behavior": "Isolated"})", ""), Error);
  EXPECT_THROW(words(R"({"type": "FixedLength", "length": 0})", ""), Error);
}

}  // namespace
}  // namespace akin::text
