#include "word_scanner.h"

#include <gtest/gtest.h>

#include <random>

#include "pattern.h"
#include "regex_matcher.h"

namespace akin::text {
namespace {

constexpr std::string_view kGpt2 = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr std::string_view kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kQwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

std::string random_text(std::mt19937& random) {
  constexpr const char* kParts[] = {"a",      "B",      "'",      "'s", "'S", "'ll", "'RE",    "'v",         "e",      "1",
                                    "2",      "\u0663", "\u00bd", " ",  " ",  "\n",  "\r",     "\t",         "\u00a0", "\u3000",
                                    "\u0085", ".",      "!",      "-",  "é",  "中",  "\u0301", "\U0001f600", "\u017f", "_"};
  std::string out;
  for (std::size_t n = 1 + random() % 12; n > 0; --n) out += kParts[random() % std::size(kParts)];
  return out;
}

TEST(WordScanner, EqualsTheRegularExpressionOnRandomTexts) {
  std::mt19937 random(9);
  for (const std::string_view pattern : {kGpt2, kLlama3, kQwen2}) {
    ASSERT_NE(find_word_rules(pattern), nullptr);
    const auto by_hand = read_pattern({{"Regex", pattern}}, "t");
    const Regex regex(pattern, "t");
    for (int i = 0; i < 30'000; ++i) {
      const std::string text = random_text(random);
      std::vector<Pattern::Match> words;
      std::vector<Regex::Match> wanted;
      by_hand->find_all(text, words);
      regex.find_all(text, wanted);
      ASSERT_EQ(words, wanted) << text << "\n" << pattern;
    }
  }
}

TEST(WordScanner, KnowsPatternsByTheirExactText) {
  EXPECT_EQ(*find_word_rules(kGpt2), kGpt2Words);
  EXPECT_EQ(*find_word_rules(kQwen2), kQwen2Words);
  EXPECT_EQ(find_word_rules(R"(\s+)"), nullptr);
}

TEST(WordScanner, StaysLinearOnAMegabyteOfWhiteSpace) {
  std::string text(std::size_t{1} << 20, ' ');
  text += 'a';
  const CodePointClasses classes;
  const WordScanner<kGpt2Words> scanner(text, classes);
  EXPECT_EQ(scanner.next(0), text.size() - 2);
  EXPECT_EQ(scanner.next(text.size() - 2), text.size());
}

}  // namespace
}  // namespace akin::text
