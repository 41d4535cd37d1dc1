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

TEST(PreTokenizers, GiveNothingForNothing) { EXPECT_EQ(words(R"({"type": "BertPreTokenizer"})", " \n"), ""); }

TEST(ReadPreTokenizer, RefusesAnUnknownKind) { EXPECT_THROW(words(R"({"type": "ByteLevel"})", ""), Error); }

}  // namespace
}  // namespace akin::text
