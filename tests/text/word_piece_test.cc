#include "word_piece.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace akin::text {
namespace {

// The definition: again and again the longest piece that fits.
std::vector<std::int32_t> by_definition(const std::vector<std::string>& pieces, const std::string& word) {
  std::map<std::string, std::int32_t> ids;
  for (std::size_t i = 0; i < pieces.size(); ++i) ids[pieces[i]] = static_cast<std::int32_t>(i);
  std::vector<std::int32_t> out;
  for (std::size_t begin = 0; begin < word.size();) {
    std::size_t end = word.size();
    while (end > begin && !ids.contains((begin > 0 ? "##" : "") + word.substr(begin, end - begin))) --end;
    if (end == begin) return {0};
    out.push_back(ids[(begin > 0 ? "##" : "") + word.substr(begin, end - begin)]);
    begin = end;
  }
  return out;
}

std::vector<std::int32_t> ids(const WordPiece& model, const std::string& word) {
  std::vector<WordToken> tokens;
  model.tokenize(word, tokens);
  std::vector<std::int32_t> out;
  std::uint32_t end = 0;
  for (const WordToken& token : tokens) {
    EXPECT_EQ(token.begin, end);
    end = token.end;
    out.push_back(token.id);
  }
  EXPECT_EQ(end, word.size());
  return out;
}

TEST(WordPiece, SplitsAnUnknownWordIntoPieces) {
  const WordPiece model({"[UNK]", "un", "##aff", "##able", "##a"}, {}, "t");
  EXPECT_EQ(ids(model, "unaffable"), (std::vector<std::int32_t>{1, 2, 3}));
  EXPECT_EQ(ids(model, "unaffabl"), (std::vector<std::int32_t>{0}));
  EXPECT_EQ(ids(model, "xun"), (std::vector<std::int32_t>{0}));
}

TEST(WordPiece, EqualsTheDefinitionOnRandomVocabularies) {
  std::mt19937 random(3);
  const auto letters = [&random](std::size_t n) {
    std::string out;
    while (n-- > 0) out += "abc#"[random() % 4];
    return out;
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> pieces = {"[UNK]"};
    for (std::size_t n = 3 + random() % 30; n > 0; --n) {
      const std::string piece = (random() % 2 != 0 ? "##" : "") + letters(1 + random() % 5);
      if (std::find(pieces.begin(), pieces.end(), piece) == pieces.end()) pieces.push_back(piece);
    }
    const WordPiece model(pieces, {}, "t");
    for (int i = 0; i < 100; ++i) {
      const std::string word = letters(1 + random() % 12);
      ASSERT_EQ(ids(model, word), by_definition(pieces, word)) << word;
    }
  }
}

TEST(WordPiece, TakesAWordOverTheLimitForUnknown) {
  const WordPiece model({"[UNK]", "é", "##é"}, {.max_chars_per_word = 3}, "t");
  EXPECT_EQ(ids(model, "ééé"), (std::vector<std::int32_t>{1, 2, 2}));
  EXPECT_EQ(ids(model, "éééé"), (std::vector<std::int32_t>{0}));
}

TEST(WordPiece, StaysLinearOnWordsMadeToTurnBack) {
  // Each long piece fails at its last letter; without failure links a word of n letters would cost n times the piece's length.
  const WordPiece model({"[UNK]", "a", "##a", "a" + std::string(999, 'a') + "b", "##" + std::string(1000, 'a') + "b"},
                        {.max_chars_per_word = 1 << 24}, "t");
  EXPECT_EQ(ids(model, std::string(1 << 20, 'a')).size(), std::size_t{1} << 20);
}

TEST(WordPiece, RefusesPiecesThatAreNotUtf8OrTooLongToLink) {
  EXPECT_THROW(WordPiece({"[UNK]", "\xff"}, {}, "t"), Error);
  EXPECT_THROW(WordPiece({"[UNK]", "a", "##a", "a" + std::string(100000, 'a') + "b"}, {}, "t"), Error);
  EXPECT_THROW(WordPiece({"a"}, {}, "t"), Error);
}

}  // namespace
}  // namespace akin::text
