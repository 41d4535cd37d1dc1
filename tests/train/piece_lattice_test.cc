#include "piece_lattice.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace akin::train {
namespace {

const std::vector<std::string> kPieces = {"", "a", "b", "ab", "ba", "aba", "é"};
const std::vector<double> kScores = {0, -2, -2.5, -3, -3.5, -4, -6};

struct Cut {
  double score = 0;
  std::vector<std::uint32_t> pieces;
};

// Every cut of an ASCII word, one by one; a character without a piece of its own may be read as the unknown one.
void all_cuts(const std::string& word, const Cut& begun, std::vector<Cut>& out) {
  if (word.empty()) return out.push_back(begun);
  bool single = false;
  const auto go = [&](std::uint32_t id, std::size_t length, double score) {
    Cut next = begun;
    next.score += score;
    next.pieces.push_back(id);
    all_cuts(word.substr(length), next, out);
  };
  for (std::uint32_t id = 1; id < kPieces.size(); ++id) {
    if (!word.starts_with(kPieces[id])) continue;
    single |= kPieces[id].size() == 1;
    go(id, kPieces[id].size(), kScores[id]);
  }
  if (!single) go(0, 1, -6.0 - 10.0);
}

TEST(PieceLattice, ExpectsPiecesAsOftenAsAllCutsTogetherSay) {
  const PieceSet set(kPieces, kScores, 0);
  PieceLattice lattice(set);
  for (const std::string word : {"a", "ab", "abab", "ababa", "bxab", "abababababab"}) {
    std::vector<Cut> cuts;
    all_cuts(word, {}, cuts);
    double sum = 0;
    for (const Cut& cut : cuts) sum += std::exp(cut.score);
    std::vector<double> wanted(kPieces.size()), expected(kPieces.size());
    for (const Cut& cut : cuts) {
      for (const std::uint32_t piece : cut.pieces) wanted[piece] += 3 * std::exp(cut.score) / sum;
    }
    lattice.read(word);
    EXPECT_NEAR(lattice.expect(3, expected), std::log(sum), 1e-12) << word;
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(expected[i], wanted[i], 1e-12) << word << " " << kPieces[i];
  }
}

TEST(PieceLattice, FindsTheBestCut) {
  const PieceSet set(kPieces, kScores, 0);
  PieceLattice lattice(set);
  double score = 0;
  lattice.read("ababa");
  EXPECT_EQ(lattice.best(score), (std::vector<std::uint32_t>{3, 5}));
  EXPECT_DOUBLE_EQ(score, -7);
  lattice.read("aba", 5);
  EXPECT_EQ(lattice.best(score), (std::vector<std::uint32_t>{3, 1}));
  lattice.read("a", 1);
  EXPECT_TRUE(lattice.best(score).empty());
}

TEST(PieceLattice, ReadsCharactersThatNoPieceHasAsUnknown) {
  const PieceSet set(kPieces, kScores, 0);
  PieceLattice lattice(set);
  double score = 0;
  lattice.read("日é");
  EXPECT_EQ(lattice.best(score), (std::vector<std::uint32_t>{0, 6}));
}

TEST(PieceLattice, HoldsWordsOfAnyLength) {
  const PieceSet set(kPieces, kScores, 0);
  PieceLattice lattice(set);
  std::string word;
  for (int i = 0; i < 5000; ++i) word += i % 7 == 0 ? "x" : "ab";
  std::vector<double> expected(kPieces.size());
  lattice.read(word);
  const double log_probability = lattice.expect(1, expected);
  EXPECT_TRUE(std::isfinite(log_probability));
  double n_bytes = 0;  // the pieces of every cut cover the word
  for (std::size_t i = 0; i < expected.size(); ++i) n_bytes += expected[i] * static_cast<double>(i == 0 ? 1 : kPieces[i].size());
  EXPECT_NEAR(n_bytes, static_cast<double>(word.size()), 1e-6);  // a sum of 10^4 terms of relative error 1e-13
}

}  // namespace
}  // namespace akin::train
