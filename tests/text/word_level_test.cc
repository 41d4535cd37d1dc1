#include "word_level.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"

namespace akin::text {
namespace {

TEST(WordLevel, TakesAWordWholeOrNotAtAll) {
  const WordLevel model({"<unk>", "the", "cat"}, "<unk>", "t");
  std::vector<WordToken> tokens;
  for (const char* word : {"cat", "cats"}) model.tokenize(word, tokens);
  EXPECT_EQ(tokens, (std::vector<WordToken>{{2, 0, 3}, {0, 0, 4}}));
}

TEST(WordLevel, RefusesAnUnknownWordWithoutAnUnknownToken) {
  const WordLevel model({"the"}, "<unk>", "t");
  std::vector<WordToken> tokens;
  model.tokenize("the", tokens);
  EXPECT_EQ(tokens.size(), 1U);
  EXPECT_THROW(model.tokenize("cat", tokens), Error);
}

}  // namespace
}  // namespace akin::text
