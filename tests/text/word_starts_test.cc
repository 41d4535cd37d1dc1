#include "word_starts.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace akin::text {
namespace {

std::vector<std::size_t> by_masks(std::string_view text, const CodePointClasses& classes) {
  std::vector<std::size_t> out;
  WordStarts starts(text, classes);
  for (std::size_t begin = 0; begin < text.size(); begin += 64) {
    for (std::uint64_t mask = starts.next(); mask != 0; mask &= mask - 1)
      out.push_back(begin + static_cast<std::size_t>(std::countr_zero(mask)));
  }
  return out;
}

std::vector<std::size_t> one_by_one(std::string_view text, const CodePointClasses& classes) {
  std::vector<std::size_t> out;
  const WordScanner<kGpt2Words> scanner(text, classes);
  for (std::size_t at = 0; at < text.size(); at = scanner.next(at)) out.push_back(at);
  return out;
}

class StartsOfWords : public testing::Test {
 protected:
  void compare(std::string_view text) const { ASSERT_EQ(by_masks(text, classes_), one_by_one(text, classes_)) << text; }
  CodePointClasses classes_;
};

constexpr const char* kParts[] = {"a",  "B",  "word", "'",      "'s",         "'S",     "'ll",        "'RE", "'ve",
                                  "e",  "1",  "2009", "\u0663", "\u00bd",     " ",      " ",          " ",   "  ",
                                  "\n", "\r", "\t",   "\u00a0", "\u3000",     "\u0085", ".",          "!",   "-",
                                  "é",  "中", "…",    "\u0301", "\U0001f600", "\u017f", "\U00020000", "_",   "\x7f"};

std::string random_text(std::mt19937& random, std::size_t size) {
  std::string out;
  while (out.size() < size) out += kParts[random() % std::size(kParts)];
  return out;
}

TEST_F(StartsOfWords, AreWhereTheScannerCutsOnRandomTextsOfEveryLengthAround64) {
  std::mt19937 random(3);
  for (std::size_t size = 0; size < 200; ++size) {
    for (int i = 0; i < 200; ++i) compare(random_text(random, size));
    if (HasFatalFailure()) return;
  }
}

TEST_F(StartsOfWords, AreWhereTheScannerCutsAtEveryPlaceOfABlock) {
  std::mt19937 random(5);
  for (int i = 0; i < 500; ++i) {
    const std::string text = random_text(random, 40 + random() % 40);
    for (std::size_t shift = 0; shift < 64; ++shift) compare(std::string(shift, 'x') + text);
    if (HasFatalFailure()) return;
  }
}

TEST_F(StartsOfWords, AreWhereTheScannerCutsOnEveryPairAndTripleOfAsciiAcrossABlock) {
  constexpr std::string_view kSome = "as1 \n'.~";
  for (std::size_t shift = 60; shift < 66; ++shift) {
    for (int a = 0; a < 0x80; ++a) {
      for (int b = 0; b < 0x80; ++b) compare(std::string(shift, 'x') + static_cast<char>(a) + static_cast<char>(b));
      for (const char b : kSome) {
        for (const char c : kSome) compare(std::string(shift, '.') + static_cast<char>(a) + b + c + 's');
      }
    }
    if (HasFatalFailure()) return;
  }
}

TEST_F(StartsOfWords, AreWhereTheScannerCutsBesideEveryKindOfWhiteSpace) {
  for (char32_t c = 0x80; c < 0x3100; ++c) {
    if (classes_.of(c) != CodePointClasses::space) continue;
    for (std::size_t shift = 60; shift < 66; ++shift) {
      std::string text(shift, 'x');
      append_utf8(text, c);
      for (const char* behind : {"", "a", " a", " ", "\n", "\u00a0x", "'s"}) compare(text + behind);
      append_utf8(text, c);
      for (const char* behind : {"", "a", " a", " ", "\n", "\u00a0x", "'s"}) compare(text + behind);
    }
  }
}

}  // namespace
}  // namespace akin::text
