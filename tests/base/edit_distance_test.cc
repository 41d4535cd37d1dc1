#include "akin/base/edit_distance.h"

#include <gtest/gtest.h>

#include <string>

namespace akin {
namespace {

TEST(EditDistance, CountsLettersInsertedDeletedReplacedAndSwapped) {
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("minilm", "miniml"), 1U);
  EXPECT_EQ(edit_distance("ca", "abc"), 3U) << "no letter is edited twice";
}

TEST(EditDistance, IgnoresCase) { EXPECT_EQ(edit_distance("All-MiniLM", "all-minilm"), 0U); }

TEST(EditDistance, GivesUpOnVeryLongNames) { EXPECT_EQ(edit_distance(std::string(10'000'000, 'a'), "a"), 256U); }

}  // namespace
}  // namespace akin
