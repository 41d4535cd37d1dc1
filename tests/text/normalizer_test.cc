#include "normalizer.h"

#include <gtest/gtest.h>

namespace akin::text {
namespace {

std::string normalized(const std::string& json, const std::string& in) {
  NormalizedText text(in);
  read_normalizer(Json::parse(json), "t.json")->apply(text);
  return text.text();
}

TEST(BertNormalizer, CleansSpacesStripsAndLowers) {
  EXPECT_EQ(normalized(R"({"type": "BertNormalizer"})", "É\x01\tÀ中"), "e a 中 ");
  EXPECT_EQ(normalized(R"({"type": "BertNormalizer", "lowercase": false})", "É"), "É");
  EXPECT_EQ(normalized(R"({"type": "BertNormalizer", "lowercase": false, "strip_accents": true})", "É"), "E");
}

TEST(Normalizers, DoWhatTheirNamesSay) {
  EXPECT_EQ(normalized(R"({"type": "Lowercase"})", "ÀB"), "àb");
  EXPECT_EQ(normalized(R"({"type": "NFD"})", "é"), "e\u0301");
  EXPECT_EQ(normalized(R"({"type": "NFC"})", "e\u0301"), "é");
  EXPECT_EQ(normalized(R"({"type": "NFKD"})", "ﬁ"), "fi");
  EXPECT_EQ(normalized(R"({"type": "NFKC"})", "ﬁe\u0301"), "fié");
  EXPECT_EQ(normalized(R"({"type": "Replace", "pattern": {"String": "a"}, "content": "bc"})", "xay"), "xbcy");
  EXPECT_EQ(normalized(R"({"type": "Replace", "pattern": {"Regex": " +"}, "content": "_"})", "a  b "), "a_b_");
  EXPECT_EQ(normalized(R"({"type": "Prepend", "prepend": "▁"})", "a"), "▁a");
  EXPECT_EQ(normalized(R"({"type": "Prepend", "prepend": "▁"})", ""), "");
  EXPECT_EQ(normalized(R"({"type": "Strip"})", "\u3000 a b\n"), "a b");
  EXPECT_EQ(normalized(R"({"type": "ByteLevel"})", "é "), "Ã©Ġ");
  EXPECT_EQ(normalized(R"({"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}]})", "é"), "e");
}

TEST(ReadNormalizer, RefusesUnknownKindsPatternsAndDepths) {
  EXPECT_THROW(normalized(R"({"type": "Precompiled"})", ""), Error);
  EXPECT_THROW(normalized(R"({"type": "Replace", "pattern": {"Regex": "a("}, "content": ""})", ""), Error);
  std::string deep = R"({"type": "NFC"})";
  for (int i = 0; i < 100; ++i) deep = R"({"type": "Sequence", "normalizers": [)" + deep + "]}";
  EXPECT_THROW(normalized(deep, ""), Error);
}

TEST(ReadNormalizer, TakesNullForNone) { EXPECT_EQ(read_normalizer(nullptr, "t.json"), nullptr); }

}  // namespace
}  // namespace akin::text
