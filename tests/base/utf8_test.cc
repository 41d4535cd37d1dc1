#include "akin/base/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace akin {
namespace {

std::string encoded(char32_t code_point) {
  std::string text;
  append_utf8(text, code_point);
  return text;
}

std::vector<char32_t> decoded(std::string_view text) {
  std::vector<char32_t> code_points;
  for (std::size_t i = 0; i < text.size();) {
    const DecodedChar c = decode_utf8(text, i);
    code_points.push_back(c.code_point);
    i += c.length;
  }
  return code_points;
}

TEST(Utf8, EveryCodePointSurvivesTheRoundTrip) {
  for (char32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
    if (code_point >= 0xD800 && code_point <= 0xDFFF) continue;
    const std::string text = encoded(code_point);
    const DecodedChar c = decode_utf8(text, 0);
    ASSERT_TRUE(c.valid) << static_cast<unsigned>(code_point);
    ASSERT_EQ(c.code_point, code_point);
    ASSERT_EQ(c.length, text.size());
    ASSERT_EQ(text.size(), code_point < 0x80 ? 1U : code_point < 0x800 ? 2U : code_point < 0x10000 ? 3U : 4U);
  }
}

TEST(Utf8, WhatIsNoCodePointIsWrittenAsTheReplacement) {
  for (const char32_t code_point : {char32_t{0xD800}, char32_t{0xDFFF}, char32_t{0x110000}, char32_t{0xFFFFFFFF}})
    EXPECT_EQ(encoded(code_point), "\xEF\xBF\xBD");
}

/// Table 3-7 of the Unicode standard: which second bytes a lead byte allows; 0, 0 if it starts nothing.
struct SecondBytes {
  unsigned low, high;
  std::uint32_t length;
};
SecondBytes allowed_after(unsigned lead) {
  if (lead <= 0x7F) return {0, 0, 1};
  if (lead <= 0xC1 || lead >= 0xF5) return {0, 0, 0};
  if (lead <= 0xDF) return {0x80, 0xBF, 2};
  if (lead == 0xE0) return {0xA0, 0xBF, 3};
  if (lead == 0xED) return {0x80, 0x9F, 3};
  if (lead <= 0xEF) return {0x80, 0xBF, 3};
  if (lead == 0xF0) return {0x90, 0xBF, 4};
  if (lead == 0xF4) return {0x80, 0x8F, 4};
  return {0x80, 0xBF, 4};
}

TEST(Utf8, EveryLeadAndSecondByteFollowsTheTableOfTheStandard) {
  for (unsigned lead = 0; lead < 256; ++lead) {
    const SecondBytes table = allowed_after(lead);
    for (unsigned second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(lead), static_cast<char>(second), '\x80', '\x80'};
      const DecodedChar c = decode_utf8(text, 0);
      const bool good = table.length == 1 || (table.length > 1 && second >= table.low && second <= table.high);
      ASSERT_EQ(c.valid, good) << lead << " " << second;
      ASSERT_EQ(c.length, good ? table.length : 1U) << lead << " " << second;
      ASSERT_EQ(c.code_point == kReplacement, !good);
    }
  }
}

TEST(Utf8, ATextThatEndsInACharacterHasOneMalformedPart) {
  for (const std::string whole : {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
    for (std::size_t length = 1; length < whole.size(); ++length) {
      const DecodedChar c = decode_utf8(whole.substr(0, length), 0);
      EXPECT_FALSE(c.valid);
      EXPECT_EQ(c.length, length);
    }
  }
}

// The examples of the Unicode standard, section 3.9, tables 3-8 to 3-11, and what Python's bytes.decode(errors="replace") gives for them.
TEST(Utf8, ReplacesMaximalSubpartsLikeTheStandardsExamples) {
  const char32_t r = kReplacement;
  EXPECT_EQ(decoded("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"), (std::vector<char32_t>{r, r, r, r, r, r, r, r, 'A'}));
  EXPECT_EQ(decoded("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"), (std::vector<char32_t>{r, r, r, r, r, r, r, r, 'A'}));
  EXPECT_EQ(decoded("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"), (std::vector<char32_t>{r, r, r, r, r, 'A', r, r, 'B'}));
  EXPECT_EQ(decoded("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"), (std::vector<char32_t>{r, r, r, r, 'A'}));
}

TEST(Utf8, OverlongFormsAndSurrogatesAreInvalid) {
  for (const std::string_view bad :
       {std::string_view("\xC0\x80"), std::string_view("\xC1\xBF"), std::string_view("\xE0\x9F\xBF"), std::string_view("\xF0\x8F\xBF\xBF"),
        std::string_view("\xED\xA0\x80"), std::string_view("\xED\xBF\xBF"), std::string_view("\xF4\x90\x80\x80"),
        std::string_view("\xF8\x88\x80\x80\x80")}) {
    EXPECT_FALSE(is_valid_utf8(bad));
    EXPECT_FALSE(is_valid_utf8("some good text before " + std::string(bad)));
  }
}

TEST(Utf8, ValidTextStaysAsItIs) {
  const std::string text =
      "plain ASCII that is longer than one word of eight bytes, \xC3\xA9t\xC3\xA9, \xE2\x82\xAC, \xF0\x9F\x98\x80\xF0\x9F\x98\x80 end";
  EXPECT_TRUE(is_valid_utf8(text));
  std::size_t n_replaced = 7;
  EXPECT_EQ(replace_invalid_utf8(text, n_replaced), text);
  EXPECT_EQ(n_replaced, 0U);
}

TEST(Utf8, AMalformedByteIsFoundAtEveryPlace) {
  for (std::size_t length = 1; length < 40; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'a');
      text[at] = '\xFF';
      ASSERT_FALSE(is_valid_utf8(text)) << at << " of " << length;
      std::size_t n_replaced = 0;
      ASSERT_EQ(replace_invalid_utf8(text, n_replaced), text.substr(0, at) + "\xEF\xBF\xBD" + text.substr(at + 1));
      ASSERT_EQ(n_replaced, 1U);
    }
  }
}

TEST(Utf8, CountsCodePointsAndMalformedParts) {
  EXPECT_EQ(count_code_points(""), 0U);
  EXPECT_EQ(count_code_points("\xC3\xA9t\xC3\xA9"), 3U);
  EXPECT_EQ(count_code_points("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"), 5U);
  std::size_t n_replaced = 0;
  EXPECT_EQ(replace_invalid_utf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", n_replaced),
            "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
            "A");
  EXPECT_EQ(n_replaced, 4U);
}

TEST(Utf8, AZeroByteIsACharacter) {
  const std::string text("a\0b", 3);
  EXPECT_TRUE(is_valid_utf8(text));
  EXPECT_EQ(count_code_points(text), 3U);
}

}  // namespace
}  // namespace akin
