#include "akin/text/words.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace akin {
namespace {

const std::vector<std::string> kWords = {"the", "Paris", "it's", "...", "naïve", "ångström"};

std::int32_t find(std::string_view word) {
  const auto at = std::ranges::find(kWords, word);
  return at == kWords.end() ? -1 : static_cast<std::int32_t>(at - kWords.begin());
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (const TextSpan& span : split_words(text)) words.push_back(text.substr(span.begin, span.end - span.begin));
  return words;
}

TEST(Words, StandBetweenWhiteSpaceOfEveryKind) {
  EXPECT_EQ(words_of("  a\tbc\n\u00A0d\u3000\u65E5\u672C "), (std::vector<std::string>{"a", "bc", "d", "\u65E5\u672C"}));
  EXPECT_TRUE(words_of("").empty());
  EXPECT_TRUE(words_of(" \n").empty());
}

TEST(Words, AreLookedUpAsTheyStandThenWithoutPunctuationThenInLowerCase) {
  EXPECT_EQ(look_up_word("it's", find), 2);
  EXPECT_EQ(look_up_word("...", find), 3);
  EXPECT_EQ(look_up_word("(Paris),", find), 1);
  EXPECT_EQ(look_up_word("\"The", find), 0);
  EXPECT_EQ(look_up_word("NAÏVE!", find), 4);
  EXPECT_EQ(look_up_word("Ångström", find), 5);
  EXPECT_EQ(look_up_word("paris", find), -1);  // an upper-case letter is never made
  EXPECT_EQ(look_up_word("--", find), -1);
}

TEST(Words, LoseAsciiPunctuationAtBothEndsAlone) {
  EXPECT_EQ(without_punctuation("<<don't>>!"), "don't");
  EXPECT_EQ(without_punctuation("«x»"), "«x»");
  EXPECT_EQ(without_punctuation("!?"), "");
}

Tokenizer tokenizer() { return make_word_tokenizer({kWords.begin(), kWords.end()}); }

TEST(Words, MakeATokenizerOfOneTokenAWord) {
  const Tokenizer words = tokenizer();
  const Encoding encoding = words.encode("the ångström unknown  ...", {.offsets = true});
  EXPECT_EQ(encoding.ids, (std::vector<std::int32_t>{0, 5, 6, 3}));
  EXPECT_EQ(encoding.offsets[1], (TextSpan{4, 14}));
  EXPECT_EQ(words.piece(6), "[unknown]");
  EXPECT_EQ(words.vocabulary_size(), 7U);
  EXPECT_EQ(words.count("a b c"), 3U);
  EXPECT_EQ(words.n_special_tokens(), 0U);
  EXPECT_EQ(words.id_of("Paris"), 1);
}

TEST(Words, MakeATokenizerThatKeepsThePlacesOfWordsThatAreNoUtf8) {
  const Tokenizer words = make_word_tokenizer({"a", "\xE9", "\xE8", "[unknown]", "b"});
  EXPECT_EQ(words.id_of("b"), 4);
  EXPECT_EQ(words.id_of("[unknown]"), 3);
  EXPECT_EQ(words.vocabulary_size(), 6U);
  EXPECT_EQ(words.encode("zzz").ids, std::vector<std::int32_t>{5});
}

TEST(Words, SplitAsTheTokenizerDoes) {
  const Tokenizer words = tokenizer();
  for (const char* text : {"", " ", "a b", "the\u2003naïve \xff x\xE2\x82 y", "[unknown] [CLS]"}) {
    EXPECT_EQ(words.encode(text, {.offsets = true}).offsets, split_words(text)) << text;
  }
}

}  // namespace
}  // namespace akin
