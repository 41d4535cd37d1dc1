#include "piece_merges.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "akin/base/error.h"

namespace akin::text {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs(const std::vector<ScoredPiece>& pieces) {
  Pairs out;
  for (const BpeMerge& merge : merges_by_score(pieces, "test")) out.emplace_back(merge.left, merge.right);
  return out;
}

TEST(PieceMerges, NamesEveryWayToMakeAPieceBestScoreFirst) {
  EXPECT_EQ(pairs({{"a", -9}, {"b", -9}, {"ab", -2}, {"aba", -1}, {"ba", -3}}), (Pairs{{"ab", "a"}, {"a", "ba"}, {"a", "b"}, {"b", "a"}}));
}

TEST(PieceMerges, CutsBetweenCharactersOnly) {
  EXPECT_EQ(pairs({{"\xC3\xA9", -1}, {"a", -2}, {"a\xC3\xA9", -3}}), (Pairs{{"a", "\xC3\xA9"}}));
}

// transformers' generate_merges, word for word.
TEST(PieceMerges, AgreesWithThePlainDefinition) {
  std::mt19937 random(5);
  for (int round = 0; round < 20; ++round) {
    std::vector<ScoredPiece> pieces;
    std::map<std::string, int> ids;
    while (pieces.size() < 60) {
      std::string piece;
      for (auto n = 1 + random() % 5; n > 0; --n) piece += static_cast<char>('a' + random() % 3);
      if (!ids.emplace(piece, static_cast<int>(pieces.size())).second) continue;
      pieces.push_back({piece, -static_cast<double>(random() % 8)});
    }
    struct Merge {
      std::string left, right;
      double score;
    };
    std::vector<Merge> merges;
    for (const ScoredPiece& piece : pieces) {
      std::vector<Merge> local;
      for (std::size_t cut = 1; cut < piece.text.size(); ++cut) {
        const std::string left = piece.text.substr(0, cut);
        const std::string right = piece.text.substr(cut);
        if (ids.contains(left) && ids.contains(right)) local.push_back({left, right, piece.score});
      }
      std::sort(local.begin(), local.end(), [&](const Merge& a, const Merge& b) {
        return std::pair(ids[a.left], ids[a.right]) < std::pair(ids[b.left], ids[b.right]);
      });
      merges.insert(merges.end(), local.begin(), local.end());
    }
    std::stable_sort(merges.begin(), merges.end(), [](const Merge& a, const Merge& b) {
      return std::tuple(a.score, a.left.size(), a.right.size()) > std::tuple(b.score, b.left.size(), b.right.size());
    });
    Pairs want;
    for (const Merge& merge : merges) want.emplace_back(merge.left, merge.right);
    ASSERT_EQ(pairs(pieces), want);
  }
}

TEST(PieceMerges, RefusesWhatWouldNotFitInMemory) {
  std::vector<ScoredPiece> pieces;
  for (const char c : {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'}) {
    for (std::size_t n = 1; n <= Unigram::kMaxPieceBytes; ++n) pieces.push_back({std::string(n, c), 0});
  }
  EXPECT_THROW(merges_by_score(pieces, "test"), Error);
  EXPECT_THROW(merges_by_score({{std::string(Unigram::kMaxPieceBytes + 1, 'a'), 0}}, "test"), Error);
}

}  // namespace
}  // namespace akin::text
