#include "akin/base/edit_distance.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

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

TEST(NearestWord, IsTheOneThatWasMeant) {
  const std::vector<std::string> known = {"author", "year", "language", "q8_0"};
  EXPECT_EQ(nearest_word("yaer", known), "year");
  EXPECT_EQ(nearest_word("Auther", known), "author");
  EXPECT_EQ(nearest_word("lan", known), "language") << "only begun";
  EXPECT_EQ(nearest_word("publisher", known), "");
  EXPECT_EQ(nearest_word("x", known), "");
  EXPECT_EQ(nearest_word("year", {}), "");
}

}  // namespace
}  // namespace akin
