#include "unigram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "akin/base/error.h"

namespace akin::text {
namespace {

std::vector<WordToken> tokens(const Unigram& model, std::string_view word) {
  std::vector<WordToken> out;
  model.tokenize(word, out);
  return out;
}

std::vector<std::int32_t> ids(const Unigram& model, std::string_view word) {
  std::vector<std::int32_t> out;
  for (const WordToken& token : tokens(model, word)) out.push_back(token.id);
  return out;
}
using Ids = std::vector<std::int32_t>;

Unigram example(UnigramOptions options = {.unknown_id = 0}) {
  return {{{"<unk>", 0}, {"a", 0}, {"b", 0}, {"c", 0}, {"d", 0}, {"cd", 1}, {"ab", 2}, {"abc", 5}, {"abcd", 10}}, options, "test"};
}

TEST(Unigram, TakesThePathOfTheHighestScore) {
  EXPECT_EQ(tokens(example(), "abcdacdxx"), (std::vector<WordToken>{{8, 0, 4}, {1, 4, 5}, {5, 5, 7}, {0, 7, 9}}));
  EXPECT_EQ(ids(example(), "abc"), (Ids{7}));
  EXPECT_TRUE(ids(example(), "").empty());
}

TEST(Unigram, MakesOneTokenOfARunOfUnknownCharacters) {
  EXPECT_EQ(tokens(example(),
                   "\xE4\xB8\xAD\xC3\xA9"
                   "a\xC3\xA9"),
            (std::vector<WordToken>{{0, 0, 5}, {1, 5, 6}, {0, 6, 8}}));
}

TEST(Unigram, SpellsUnknownCharactersInBytesOnlyIfAllAreThere) {
  const Unigram some({{"<unk>", 0}, {"a", -1}, {"<0xC3>", -2}}, {.unknown_id = 0, .byte_fallback = true}, "test");
  EXPECT_EQ(ids(some, "\xC3\xA9"), (Ids{0}));
  const Unigram both({{"<unk>", 0}, {"a", -1}, {"<0xC3>", -2}, {"<0xA9>", -2}}, {.unknown_id = 0, .byte_fallback = true}, "test");
  EXPECT_EQ(tokens(both, "a\xC3\xA9"), (std::vector<WordToken>{{1, 0, 1}, {2, 1, 3}, {3, 1, 3}}));
}

TEST(Unigram, SaysSoWhenItNeedsAnUnknownTokenAndHasNone) {
  EXPECT_EQ(ids(example({}), "ab"), (Ids{6}));
  EXPECT_THROW(ids(example({}), "abx"), Error);
}

TEST(Unigram, KeepsTheFirstPathOfEqualOnes) {
  const Unigram model({{"<unk>", 0}, {"a", -1}, {"aa", -2}, {"aaa", -3}}, {.unknown_id = 0}, "test");
  EXPECT_EQ(ids(model, "aaa"), (Ids{3}));
  EXPECT_EQ(ids(model, "aaaaa"), (Ids{2, 3}));
}

// The definition: the best of all ways to cover a word, found by trying them, first found first kept.
struct Plain {
  std::map<std::string, std::pair<std::int32_t, double>, std::less<>> pieces;
  double unknown_score = 0;

  [[nodiscard]] double best(std::string_view word) const {
    std::vector<double> score(word.size() + 1, -std::numeric_limits<double>::infinity());
    score[0] = 0;
    for (std::size_t begin = 0; begin < word.size(); ++begin) {
      for (std::size_t end = begin + 1; end <= word.size(); ++end) {
        const auto it = pieces.find(word.substr(begin, end - begin));
        if (it != pieces.end()) score[end] = std::max(score[end], score[begin] + it->second.second);
      }
      if (!pieces.contains(word.substr(begin, 1))) score[begin + 1] = std::max(score[begin + 1], score[begin] + unknown_score);
    }
    return score.back();
  }
};

TEST(Unigram, ReachesTheBestScoreThatThereIs) {
  std::mt19937 random(11);
  const auto letter = [&] { return static_cast<char>('a' + random() % 4); };
  for (int round = 0; round < 40; ++round) {
    std::vector<ScoredPiece> pieces = {{"<unk>", 0}};
    Plain plain;
    double least = 0;
    for (int i = 1; i < 30; ++i) {
      std::string piece;
      for (auto n = 1 + random() % 4; n > 0; --n) piece += letter();
      const double score = -static_cast<double>(random() % 1000) / 64;
      least = std::min(least, score);
      plain.pieces[piece] = {i, score};
      pieces.push_back({piece, score});
    }
    plain.unknown_score = least - 10;
    const Unigram model(pieces, {.unknown_id = 0}, "test");
    for (int i = 0; i < 50; ++i) {
      std::string word;
      for (auto n = 1 + random() % 20; n > 0; --n) word += letter();
      double score = 0;
      std::uint32_t at = 0;
      for (const WordToken& token : tokens(model, word)) {
        ASSERT_EQ(token.begin, at);
        at = token.end;
        score += token.id == 0 ? plain.unknown_score * (token.end - token.begin) : pieces[static_cast<std::size_t>(token.id)].score;
      }
      ASSERT_EQ(at, word.size());
      ASSERT_EQ(score, plain.best(word)) << word;  // sums of multiples of 1/64 are exact
    }
  }
}

TEST(Unigram, ReadsAMegabyteWithoutSpacesInLinearTime) {
  const Unigram model = example();
  std::string word;
  while (word.size() < 1'000'000) word += "abcdacdbx";
  std::vector<WordToken> out;
  model.tokenize(word, out);
  EXPECT_EQ(out.back().end, word.size());
}

TEST(Unigram, RefusesBrokenVocabularies) {
  const auto make = [](std::vector<ScoredPiece> pieces, UnigramOptions options) { return Unigram(std::move(pieces), options, "v"); };
  EXPECT_THROW(make({}, {.unknown_id = 0}), Error);
  EXPECT_THROW(make({{"a", 0}}, {.unknown_id = 1}), Error);
  EXPECT_THROW(make({{"a", 0}}, {.unknown_id = -2}), Error);
  EXPECT_THROW(make({{"\xFF", 0}}, {}), Error);
  EXPECT_THROW(make({{"a", std::nan("")}}, {}), Error);
  EXPECT_THROW(make({{"a", std::numeric_limits<double>::infinity()}}, {}), Error);
  EXPECT_THROW(make({{std::string(Unigram::kMaxPieceBytes + 1, 'a'), 0}}, {}), Error);
}

// Both sides as tokenizers 0.22.2 reads and writes them.
TEST(AsReadByReference, RoundsAsItsReaderOfJson) {
  EXPECT_EQ(as_read_by_reference(-9.497148513793945), -9.497148513793944);
  EXPECT_EQ(as_read_by_reference(-13.693446159362793), -13.693446159362791);
  EXPECT_EQ(as_read_by_reference(-3.9437901973724365), -3.943790197372437);
  for (const double exact : {0.0, -3.156301736831665, -10.0, 2.5, -100.0, 1e20, -1e-7}) EXPECT_EQ(as_read_by_reference(exact), exact);
}

}  // namespace
}  // namespace akin::text
