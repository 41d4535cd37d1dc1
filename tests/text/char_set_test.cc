#include "char_set.h"

#include <gtest/gtest.h>

namespace akin::text {
namespace {

TEST(CharSet, HoldsWhatWasAdded) {
  CharSet set;
  set.add('x');
  set.add_range('a', 'c');
  set.add_categories(std::uint32_t{1} << static_cast<unsigned>(Category::nd));
  set.add_kind(CharSet::Kind::space, false);
  set.finish();
  for (const char32_t c : {U'x', U'b', U'7', U'\u0663', U' ', U'\u3000'}) EXPECT_TRUE(set.holds(c)) << static_cast<unsigned>(c);
  for (const char32_t c : {U'd', U'X', U'\u00bd', U'é'}) EXPECT_FALSE(set.holds(c)) << static_cast<unsigned>(c);
}

TEST(CharSet, NegatesAllOfItAlsoNested) {
  CharSet inner;
  inner.add('b');
  inner.negate();
  inner.finish();
  CharSet set;
  set.add('a');
  set.add_set(inner);
  set.negate();
  set.finish();
  EXPECT_TRUE(set.holds('b'));
  EXPECT_FALSE(set.holds('a'));
  EXPECT_FALSE(set.holds(U'中'));
}

TEST(CharSet, FoldsTheCaseOfLettersAndTheirTwoSigns) {
  CharSet set;
  for (const char32_t c : {U's', U'K', U'é'}) set.add(c);
  set.fold_case();
  set.finish();
  for (const char32_t c : {U's', U'S', U'\u017f', U'k', U'K', U'\u212a', U'É'}) EXPECT_TRUE(set.holds(c)) << static_cast<unsigned>(c);
  EXPECT_FALSE(set.holds('e'));
}

TEST(CharSet, KnowsTheTwoMeaningsOfAWordCharacter) {
  CharSet alone;
  alone.add_kind(CharSet::Kind::word, false);
  alone.finish();
  CharSet bracketed;
  bracketed.add_kind(CharSet::Kind::word_in_brackets, false);
  bracketed.finish();
  EXPECT_TRUE(alone.holds(U'½'));
  EXPECT_FALSE(bracketed.holds(U'½'));
  EXPECT_TRUE(bracketed.holds(U'é'));
}

}  // namespace
}  // namespace akin::text
