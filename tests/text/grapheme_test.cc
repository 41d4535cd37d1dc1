#include "grapheme.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace akin::text {
namespace {

std::vector<std::string> clusters(std::string_view text) {
  std::vector<std::string> out;
  for (Graphemes graphemes(text); !graphemes.done();) out.emplace_back(graphemes.next());
  return out;
}
using Clusters = std::vector<std::string>;

// Examples of the rules of Unicode Standard Annex 29, section 3.1.
TEST(Grapheme, KeepsMarksWithTheirLetter) {
  EXPECT_EQ(clusters("ae\xCC\x81o"), (Clusters{"a", "e\xCC\x81", "o"}));                          // GB9
  EXPECT_EQ(clusters("\xE0\xA4\xA8\xE0\xA4\xBF!"), (Clusters{"\xE0\xA4\xA8\xE0\xA4\xBF", "!"}));  // GB9a
  EXPECT_EQ(clusters("\xD8\x80"
                     "1"),
            (Clusters{"\xD8\x80"
                      "1"}));  // GB9b
}

TEST(Grapheme, EndsAtControls) {
  EXPECT_EQ(clusters("\r\n\xCC\x81"), (Clusters{"\r\n", "\xCC\x81"}));
  EXPECT_EQ(clusters("\n\r"), (Clusters{"\n", "\r"}));
  EXPECT_EQ(clusters("\xD8\x80\n"), (Clusters{"\xD8\x80", "\n"}));
}

TEST(Grapheme, JoinsHangulSyllables) {
  EXPECT_EQ(clusters("\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8\xE1\x84\x80"),
            (Clusters{"\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8", "\xE1\x84\x80"}));
  EXPECT_EQ(clusters("\xEA\xB0\x80\xE1\x86\xA8"), (Clusters{"\xEA\xB0\x80\xE1\x86\xA8"}));      // LV T
  EXPECT_EQ(clusters("\xEA\xB0\x81\xE1\x85\xA1"), (Clusters{"\xEA\xB0\x81", "\xE1\x85\xA1"}));  // LVT V
}

TEST(Grapheme, JoinsPicturesAcrossAJoiner) {
  const std::string copyright = "\xC2\xA9";
  const std::string joiner = "\xE2\x80\x8D";
  EXPECT_EQ(clusters(copyright + joiner + copyright), (Clusters{copyright + joiner + copyright}));  // GB11
  EXPECT_EQ(clusters(copyright + "\xCC\x81" + joiner + copyright), (Clusters{copyright + "\xCC\x81" + joiner + copyright}));
  EXPECT_EQ(clusters("a" + joiner + copyright), (Clusters{"a" + joiner, copyright}));
}

TEST(Grapheme, JoinsConsonantsAcrossALinker) {
  const std::string ka = "\xE0\xA4\x95";
  const std::string virama = "\xE0\xA5\x8D";
  EXPECT_EQ(clusters(ka + virama + ka), (Clusters{ka + virama + ka}));  // GB9c
  EXPECT_EQ(clusters(ka + "\xCC\x81" + ka), (Clusters{ka + "\xCC\x81", ka}));
}

TEST(Grapheme, TilesEveryText) {
  const std::string text = "x\xCC\x81\xE2\x80\x8D\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD \r\n\xEF\xBB\xBF";
  std::string joined;
  for (const std::string& cluster : clusters(text)) {
    EXPECT_FALSE(cluster.empty());
    joined += cluster;
  }
  EXPECT_EQ(joined, text);
  EXPECT_TRUE(clusters("").empty());
}

TEST(Grapheme, TellsWhichNeighboursNeverJoin) {
  for (const char32_t c : {U'a', U' ', char32_t{0xE9}, char32_t{0x4E2D}, char32_t{0xAC00}, char32_t{0x1F600}, char32_t{0x915}})
    EXPECT_TRUE(stands_alone(grapheme_class(c))) << std::hex << static_cast<std::uint32_t>(c);
  for (const char32_t c : {U'\r', char32_t{0x301}, char32_t{0x200D}, char32_t{0x600}, char32_t{0x1161}, char32_t{0x93F}})
    EXPECT_FALSE(stands_alone(grapheme_class(c))) << std::hex << static_cast<std::uint32_t>(c);
}

}  // namespace
}  // namespace akin::text
