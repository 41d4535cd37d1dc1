#include "word_cache.h"

#include <gtest/gtest.h>

namespace akin::text {
namespace {

struct Token {
  std::int32_t id;
  std::size_t length;
};
std::size_t length_of(const Token& token) { return token.length; }

TEST(WordCache, LoadsEightBytesAndZerosBehindTheEnd) {
  EXPECT_EQ(load8("abcdefghij", 0) & 0xFFFF, 0x6261U);
  EXPECT_EQ(load8("abc", 1), 0x6362U);
  EXPECT_EQ(load8("abc", 3), 0U);
  EXPECT_EQ(load8("abc", 99), 0U);
  EXPECT_EQ(first_bytes(0x0403020100000000ULL | 0x11223344U, 2), 0x3344U);
  EXPECT_EQ(first_bytes(~0ULL, 8), ~0ULL);
}

TEST(WordCache, KeepsUpToThreeTokensOfAWord) {
  WordCache cache;
  CachedWord& word = cache.look_up(7, 9, 11);
  EXPECT_FALSE(word.holds(0, 0, 1)) << "an empty place holds no word, not even of zeros";
  word = {.low = 7, .high = 9};
  word.keep(11, std::vector<Token>{{5, 4}, {6, 7}}, length_of);
  EXPECT_TRUE(cache.look_up(7, 9, 11).holds(7, 9, 11));
  EXPECT_FALSE(word.holds(7, 9, 10));
  EXPECT_EQ(word.n, 2);
  EXPECT_EQ(word.ids[1], 6);
  EXPECT_EQ(word.lengths[0], 4);
  word = {.low = 7, .high = 9};
  word.keep(11, std::vector<Token>(4, {1, 1}), length_of);
  EXPECT_FALSE(word.holds(7, 9, 11));
}

TEST(WordCache, KeepsUpToFiveTokensOfAWordWithoutTheirLengths) {
  WordCache cache;
  constexpr std::int32_t kLast = (1 << CachedWord::kIdBits) - 1;
  const std::vector<Token> tokens = {{kLast, 1}, {0, 1}, {5, 1}, {kLast, 1}, {6, 1}};
  for (std::size_t n = 1; n <= tokens.size(); ++n) {
    CachedWord& word = cache.look_up(7, 9, 11);
    word = {.low = 7, .high = 9};
    word.keep(11, std::vector<Token>(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(n)));
    ASSERT_EQ(word.n, n);
    EXPECT_EQ(word.holds(7, 9, 11), n <= 3);
    EXPECT_EQ(word.holds_packed(7, 9, 11), n > 3);
    EXPECT_TRUE(word.is_of(7, 9, 11));
    EXPECT_FALSE(word.is_of(7, 9, 10));
    std::int32_t ids[CachedWord::kMaxPacked];
    if (n > 3) word.unpack(ids);
    for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(n > 3 ? ids[i] : word.ids[i], tokens[i].id);
    EXPECT_EQ(&cache.look_up(7, 9, 11), &word);
  }
}

TEST(WordCache, GivesTheFirstWordOfAPlaceAlone) {
  WordTable<CachedWord, 1> cache;
  EXPECT_EQ(cache.first(7, 0, 8), nullptr);
  CachedWord& word = cache.look_up(7, 0, 8);
  word = {.low = 7};
  word.keep(8, std::vector<Token>{{1, 8}}, length_of);
  EXPECT_EQ(cache.first(7, 0, 8), &word);
  EXPECT_EQ(cache.first(7, 0, 7), nullptr);
}

TEST(WordCache, TakesTheFirstSixteenBytesOfAWord) {
  const std::string text = "abcdefghijklmnopqrstuvwxyz";
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    for (std::size_t end = begin + 1; end <= text.size(); ++end) {
      std::string bytes = text.substr(begin, std::min<std::size_t>(end - begin, 16));
      bytes.resize(16, '\0');
      const TextWord word = word_of(text, begin, end);
      ASSERT_EQ(word.low, load8(bytes, 0));
      ASSERT_EQ(word.high, load8(bytes, 8));
      ASSERT_EQ(word.length(), end - begin);
    }
  }
}

TEST(WordCache, KeepsTheWordThatWasMetAgain) {
  WordTable<CachedWord, 1> cache;       // two places of two words
  std::vector<std::uint64_t> together;  // words of one place
  for (std::uint64_t low = 1; together.size() < 4; ++low) {
    if (hash_of_word(low, 0) >> 63 == 0) together.push_back(low);
  }
  const auto put = [&](std::uint64_t low) {
    CachedWord& word = cache.look_up(low, 0, 8);
    word = {.low = low};
    word.keep(8, std::vector<Token>{{1, 8}}, length_of);
  };
  const auto has = [&](std::uint64_t low) { return cache.look_up(low, 0, 8).holds(low, 0, 8); };
  put(together[0]);
  put(together[1]);
  EXPECT_TRUE(has(together[1]));
  put(together[2]);
  EXPECT_TRUE(has(together[1])) << "it was met again, the first word was not";
  EXPECT_FALSE(has(together[0]));
  put(together[3]);
  EXPECT_FALSE(has(together[2]));
}

}  // namespace
}  // namespace akin::text
