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
  CachedWord& word = cache.place_of(7, 9);
  EXPECT_FALSE(word.holds(0, 0, 1)) << "an empty place holds no word, not even of zeros";
  word = {.low = 7, .high = 9};
  word.keep(11, std::vector<Token>{{5, 4}, {6, 7}}, length_of);
  EXPECT_TRUE(cache.place_of(7, 9).holds(7, 9, 11));
  EXPECT_FALSE(word.holds(7, 9, 10));
  EXPECT_EQ(word.n, 2);
  EXPECT_EQ(word.ids[1], 6);
  EXPECT_EQ(word.lengths[0], 4);
  word = {.low = 7, .high = 9};
  word.keep(11, std::vector<Token>(4, {1, 1}), length_of);
  EXPECT_FALSE(word.holds(7, 9, 11));
}

TEST(ScratchPool, GivesBackWhatWasTaken) {
  ScratchPool<int> pool;
  int* first = nullptr;
  {
    ScratchPool<int>::Lease a(pool);
    ScratchPool<int>::Lease b(pool);
    EXPECT_NE(&a.get(), &b.get());
    first = &a.get();
  }
  EXPECT_EQ(&ScratchPool<int>::Lease(pool).get(), first);
}

}  // namespace
}  // namespace akin::text
