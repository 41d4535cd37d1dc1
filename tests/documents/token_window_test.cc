#include "token_window.h"

#include <gtest/gtest.h>

namespace akin::documents {
namespace {

const Tokenizer& bert() {
  static const Tokenizer tokenizer = Tokenizer::from_folder(std::string(AKIN_GOLDEN) + "/tokenizers/bert-base-uncased");
  return tokenizer;
}

CutQuality quality_after(const std::string& before, const std::string& after = "x") { return cut_quality(before + after, before.size()); }

TEST(CutQuality, RanksPlaces) {
  EXPECT_EQ(quality_after("One. "), CutQuality::sentence);
  EXPECT_EQ(quality_after("He said “no.” "), CutQuality::sentence);
  EXPECT_EQ(quality_after("line\n"), CutQuality::sentence);
  EXPECT_EQ(quality_after("日本語。"), CutQuality::sentence);
  EXPECT_EQ(quality_after("one, "), CutQuality::clause);
  EXPECT_EQ(quality_after("one "), CutQuality::word);
  EXPECT_EQ(quality_after("one"), CutQuality::token);
  EXPECT_EQ(cut_quality("é", 1), CutQuality::none);
}

TEST(TokenWindow, CountsTokensAsTheTokenizerDoes) {
  const Section section{"Curiouser and curiouser! cried Alice.", {}, {}, 0, 0};
  const TokenWindow window(section, 0, bert());
  EXPECT_EQ(window.n_tokens(), bert().count(section.text));
  EXPECT_TRUE(window.is_last());
  EXPECT_EQ(window.byte_of(window.n_tokens()), section.text.size());
  EXPECT_EQ(window.token_at(0), 0U);
  EXPECT_EQ(window.byte_of(window.token_at(section.text.find("cried"))), section.text.find("cried"));
}

TEST(TokenWindow, CountsAWordOfManyBytesInPieces) {
  const Section section{std::string(1000, 'a'), {}, {}, 0, 0};
  const TokenWindow window(section, 0, bert());
  EXPECT_GT(window.n_tokens(), 10U) << "the tokenizer itself says 1: an unknown word";
}

TEST(TokenWindow, SeesAMegabyteAtATime) {
  std::string text;
  while (text.size() < 3'000'000) text += "tea ";
  const Section section{text, {}, {}, 0, 0};
  const TokenWindow window(section, 0, bert());
  EXPECT_FALSE(window.is_last());
  EXPECT_LE(window.end(), std::size_t{1} << 20);
  EXPECT_EQ(window.n_tokens(), window.end() / 4);
}

}  // namespace
}  // namespace akin::documents
