#include "word_counter.h"

#include <gtest/gtest.h>

#include <string>

namespace akin {
namespace {

TEST(WordCounter, NumbersWordsAsTheyComeAndCountsThem) {
  WordCounter words;
  EXPECT_EQ(words.add("b"), 0U);
  EXPECT_EQ(words.add("a"), 1U);
  EXPECT_EQ(words.add("b", 3), 0U);
  EXPECT_EQ(words.size(), 2U);
  EXPECT_EQ(words.word(0), "b");
  EXPECT_EQ(words.count(0), 4U);
  EXPECT_EQ(words.find("a"), 1U);
  EXPECT_EQ(words.find("c"), WordCounter::kNone);
}

TEST(WordCounter, KeepsManyWordsApart) {
  WordCounter words;
  // Lengths around the eight letters that are hashed at once, and words that differ in the last letter only.
  for (std::uint32_t i = 0; i < 100000; ++i) ASSERT_EQ(words.add(std::string(i % 20, 'x') + std::to_string(i)), i);
  for (std::uint32_t i = 0; i < 100000; ++i) ASSERT_EQ(words.find(std::string(i % 20, 'x') + std::to_string(i)), i);
}

TEST(WordCounter, ForgetsOnClear) {
  WordCounter words;
  words.add("a", 5);
  words.clear();
  EXPECT_EQ(words.size(), 0U);
  EXPECT_EQ(words.find("a"), WordCounter::kNone);
  EXPECT_EQ(words.add("b"), 0U);
  EXPECT_EQ(words.count(0), 1U);
}

}  // namespace
}  // namespace akin
