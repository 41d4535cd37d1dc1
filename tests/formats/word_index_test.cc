#include "word_index.h"

#include <gtest/gtest.h>

#include <string>

namespace akin {
namespace {

TEST(WordIndex, FindsEveryWordAndNoOther) {
  std::vector<std::string> text;
  for (int i = 0; i < 5000; ++i) text.push_back("w" + std::to_string(i * 7));
  const WordIndex index(std::vector<std::string_view>(text.begin(), text.end()));
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_EQ(index.find(text[i]), i);
    EXPECT_EQ(index.word(i), text[i]);
  }
  EXPECT_EQ(index.find("w1"), std::nullopt);
  EXPECT_EQ(index.find(""), std::nullopt);
  EXPECT_TRUE(index.duplicates().empty());
}

TEST(WordIndex, FindsTheFirstOfEqualWordsAndListsTheOthers) {
  const WordIndex index({"a", "b", "a", "", "b", "a"});
  EXPECT_EQ(index.find("a"), 0U);
  EXPECT_EQ(index.find("b"), 1U);
  EXPECT_EQ(index.find(""), 3U);
  EXPECT_EQ(index.duplicates(), (std::vector<std::size_t>{2, 4, 5}));
}

TEST(WordIndex, MayBeEmpty) {
  const WordIndex index;
  EXPECT_EQ(index.size(), 0U);
  EXPECT_EQ(index.find("a"), std::nullopt);
}

}  // namespace
}  // namespace akin
