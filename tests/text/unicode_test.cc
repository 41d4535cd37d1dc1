#include "unicode.h"

#include <gtest/gtest.h>

namespace akin::text {
namespace {

TEST(Unicode, KnowsTheReferencesCategories) {
  EXPECT_TRUE(is_other(U'\u200B') && is_other(U'\uFFFD') && is_other(U'\0') && is_other(U'\uE000'));
  EXPECT_FALSE(is_other(U'\n') || is_other(U'a'));
  EXPECT_TRUE(is_space(U'\u3000') && is_space(U'\u0085'));
  EXPECT_TRUE(is_bert_punctuation(U'$') && is_bert_punctuation(U'…'));
  EXPECT_FALSE(is_bert_punctuation(U'€'));
  EXPECT_TRUE(is_nonspacing_mark(U'\u0301') && is_mark(U'\u0903') && !is_nonspacing_mark(U'\u0903'));
  EXPECT_TRUE(is_word(U'_') && is_word(U'é') && !is_word(U'-'));
}

TEST(Unicode, KnowsTheGeneralCategoriesOfItsRegularExpressions) {
  EXPECT_EQ(category(U'a'), Category::ll);
  EXPECT_EQ(category(U'\u01C5'), Category::lt);
  EXPECT_EQ(category(U'\u0378'), Category::cn);
  EXPECT_EQ(category(U'\u1C89'), Category::lu);  // since Unicode 16
  EXPECT_EQ(category(U'\U0010FFFF'), Category::cn);
  EXPECT_TRUE(is_letter(U'中') && is_number(U'½') && !is_number(U'a') && is_digit(U'½') && !is_digit(U'a'));
  EXPECT_TRUE(is_regex_word(U'½') && !is_word(U'½') && !is_regex_word(U'\u200D') && is_word(U'\u200D'));
}

TEST(Unicode, FollowsTheReferenceWhereItsDataIsOlder) {
  EXPECT_FALSE(is_bert_punctuation(U'\u2E52'));  // punctuation since Unicode 14
  EXPECT_FALSE(is_nonspacing_mark(U'\u0898'));   // a mark since Unicode 14
  EXPECT_EQ(combining_class(U'\u0898'), 0U);
  EXPECT_EQ(decompose(U'\U00011938', Decomposition::canonical).n, 1U);
  EXPECT_FALSE(is_cjk(U'\U0002B820'));  // the reference's range begins at 2B920
}

TEST(Unicode, DecomposesComposesAndLowers) {
  EXPECT_EQ(decompose(U'\u1E69', Decomposition::canonical).n, 3U);
  EXPECT_EQ(decompose(U'\uFDFA', Decomposition::compatibility).n, 18U);
  EXPECT_EQ(decompose(U'\uFDFA', Decomposition::canonical).n, 1U);
  EXPECT_EQ(compose(U'e', U'\u0301'), U'é');
  EXPECT_EQ(compose(U'\uAC00', U'\u11A8'), U'\uAC01');
  EXPECT_EQ(compose(U'\uAC00', U'\u11A7'), 0U);
  EXPECT_TRUE(may_compose_backward(U'\u0301') && may_compose_backward(U'\u1161') && !may_compose_backward(U'a'));
  EXPECT_EQ(uppercase(U'é'), U'É');
  EXPECT_EQ(compose(U'e', U'x'), 0U);
  EXPECT_EQ(lowercase(U'İ').n, 2U);
  EXPECT_EQ(lowercase(U'Σ').at[0], U'σ');
}

}  // namespace
}  // namespace akin::text
