#include "normalizer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "golden_files.h"

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

// Rules of the Unicode standard: what code points become in each form. Where the reference's older tables say otherwise (137 of 43,917
// rules), the rule is left out of the file.
TEST(Normalizer, GivesTheFormsOfUnicode) {
  const auto decode = [](const std::string& hexadecimal) {
    std::istringstream in(hexadecimal);
    std::string out;
    for (unsigned long c = 0; in >> std::hex >> c;) append_utf8(out, static_cast<char32_t>(c));
    return out;
  };
  std::ifstream file(golden::path("tokenizers/unicode.tsv"));
  std::size_t n = 0;
  for (std::string form, from, to; std::getline(file, form, '\t') && std::getline(file, from, '\t') && std::getline(file, to); ++n) {
    NormalizedText text(decode(from));
    read_normalizer({{"type", form}}, "test")->apply(text);
    EXPECT_EQ(text.text(), decode(to)) << form << " of " << from;
  }
  EXPECT_EQ(n, 1096U);
}

TEST(Normalizer, CleansUpAsSentencepieceDoes) {
  NormalizedText text("a\x01\tb\u200bc\u2581\u00a0d\x7f");
  read_normalizer({{"type", "Nmt"}}, "test")->apply(text);
  EXPECT_EQ(text.text(), "a b c \u00a0d");
}

TEST(Normalizer, ShowsThePartsOfASequence) {
  const auto sequence = read_normalizer(Json::parse(R"({"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Nmt"}]})"), "test");
  ASSERT_EQ(sequence->parts().size(), 2U);
  EXPECT_EQ(sequence->parts()[1]->describe(), "Nmt");
  EXPECT_TRUE(sequence->parts()[1]->parts().empty());
}

}  // namespace
}  // namespace akin::text
