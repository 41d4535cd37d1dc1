#include "added_list.h"

#include <gtest/gtest.h>

#include "unigram.h"

namespace akin::text {
namespace {

TEST(AddedList, GivesAPieceItsOwnIdAndOthersTheNextFreeOnes) {
  const Unigram model({{"<unk>", 0}, {"<s>", 0}, {"a", 0}}, {.unknown_id = 0}, "test");
  AddedList list(model);
  EXPECT_EQ(list.add({.content = "<s>", .special = true}), 1);
  EXPECT_EQ(list.add({.content = "<x>"}), 3);
  EXPECT_EQ(list.add({.content = "<y>"}), 4);
  EXPECT_EQ(list.id_of("<x>"), 3);
  EXPECT_EQ(list.id_of("a"), -1);
}

TEST(AddedList, KeepsTheIdOfATokenThatComesAgain) {
  const Unigram model({{"a", 0}}, {}, "test");
  AddedList list(model);
  list.add({.content = "<x>"});
  EXPECT_EQ(list.add({.content = "<x>", .lstrip = true, .special = true}), 1);
  const std::vector<AddedToken> tokens = list.take();
  ASSERT_EQ(tokens.size(), 1U);
  EXPECT_TRUE(tokens[0].special);
  EXPECT_TRUE(tokens[0].lstrip);
}

}  // namespace
}  // namespace akin::text
