#include "akin/text/shingles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "akin/base/error.h"

namespace akin {
namespace {

constexpr ShingleOptions kCharacters{ShingleUnit::characters, 5};
constexpr ShingleOptions kWords{ShingleUnit::words, 3};

std::size_t n_common(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  std::vector<std::uint32_t> both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return both.size();
}

TEST(Shingles, AreTheRunsOfCharacters) {
  const auto found = shingles("abcdefg", kCharacters);
  EXPECT_EQ(found.size(), 3U);  // abcde, bcdef, cdefg
  EXPECT_TRUE(std::ranges::is_sorted(found));
  EXPECT_EQ(n_common(found, shingles("xbcdefy", kCharacters)), 1U);  // bcdef
  EXPECT_EQ(shingles("aaaaaaaaaaaa", kCharacters).size(), 1U);       // each once
  EXPECT_EQ(shingles("日本語のテキスト", kCharacters).size(), 4U);   // of characters, not of bytes
}

TEST(Shingles, AreTheRunsOfWords) {
  const auto found = shingles("the cat sat on the mat", kWords);
  EXPECT_EQ(found.size(), 4U);
  EXPECT_EQ(found, shingles("\"The cat, sat on (the mat)!\"", kWords));
  EXPECT_EQ(n_common(found, shingles("a cat sat on the mat", kWords)), 3U);
  EXPECT_EQ(n_common(shingles("one two three", kWords), shingles("three two one", kWords)), 0U);
}

TEST(Shingles, OfATextShorterThanOneAreTheTextItself) {
  for (const ShingleOptions& options : {kCharacters, kWords}) {
    EXPECT_EQ(shingles("ab", options).size(), 1U);
    EXPECT_EQ(shingles("ab", options), shingles(" AB ", options));
    EXPECT_NE(shingles("ab", options), shingles("ac", options));
    EXPECT_EQ(shingles("?!", options).size(), 1U);
    EXPECT_TRUE(shingles("", options).empty());
    EXPECT_TRUE(shingles(" \n ", options).empty());
  }
  EXPECT_EQ(shingles("abcde", kCharacters).size(), 1U);
}

TEST(Shingles, TakeBytesThatAreNotUtf8) {
  EXPECT_EQ(shingles("\xFF\xFE\xFF\xFE\xFF\xFE", kCharacters).size(), 1U);  // six times U+FFFD
  EXPECT_EQ(shingles("\x80", kCharacters).size(), 1U);
}

TEST(Shingles, AreNumbersWithoutAPattern) {
  // 100,000 different shingles: were the numbers random, 1.2 of them would meet on average; ten and more once in 10^7 times.
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(100'000 + i) + " ";
  EXPECT_GT(shingles(text, {ShingleUnit::words, 1}).size(), 99'990U);
  // Each bit is set in about half of them: 5 deviations of 158.
  std::vector<std::size_t> n_set(32);
  for (const std::uint32_t key : shingles(text, {ShingleUnit::words, 1}))
    for (std::size_t bit = 0; bit < 32; ++bit) n_set[bit] += key >> bit & 1;
  for (const std::size_t n : n_set) EXPECT_NEAR(static_cast<double>(n), 50'000, 800);
}

TEST(Shingles, OfALongTextAreEachKeptOnce) {
  std::string text;
  for (int i = 0; i < 3'000'000; ++i) text += static_cast<char>('a' + i % 7 * (i % 11) % 26);
  const auto found = shingles(text, kCharacters);
  EXPECT_EQ(std::ranges::adjacent_find(found, std::greater_equal()), found.end());
  EXPECT_EQ(found, shingles(text.substr(0, 1000), kCharacters));  // the text repeats after 77
}

TEST(Shingles, AreTheSameOnAnyNumberOfThreads) {
  std::vector<std::string> texts;
  for (int i = 0; i < 20'000; ++i) texts.push_back(i % 9 == 0 ? "" : "text number " + std::to_string(i * 7919));
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  Context one(1), three(3);
  const ShingleSets a = shingle_sets(views, kCharacters, one), b = shingle_sets(views, kCharacters, three);
  ASSERT_EQ(a.size(), texts.size());
  EXPECT_EQ(a.keys, b.keys);
  EXPECT_EQ(a.begins, b.begins);
  for (const std::size_t i : {0, 1, 8191, 8192, 19'999}) EXPECT_TRUE(std::ranges::equal(a.of(i), shingles(texts[i], kCharacters)));
}

TEST(Shingles, RefuseASizeOutOfRange) {
  EXPECT_THROW(shingles("a", {ShingleUnit::words, 0}), Error);
  EXPECT_THROW(shingles("a", {ShingleUnit::characters, 65}), Error);
  EXPECT_EQ(shingles(std::string(70, 'a') + "b", {ShingleUnit::characters, 64}).size(), 2U);
  Context context(1);
  EXPECT_THROW(shingle_sets({}, {ShingleUnit::words, 0}, context), Error);
  EXPECT_EQ(shingle_sets({}, kWords, context).size(), 0U);
}

}  // namespace
}  // namespace akin
