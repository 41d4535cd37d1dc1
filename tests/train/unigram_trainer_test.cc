#include "unigram_trainer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "akin/base/error.h"
#include "trained_corpus.h"

namespace akin::train {
namespace {

// The reference adds its sums in the order of a hash table, which differs from run to run in the last bits (two runs of it: 1e-12). In
// that order, too, it gives the characters whose piece was dropped the lowest scores, 0.0001 apart: those are compared as a set.
TEST(TrainUnigram, LearnsTheReferencesPiecesAndScores) {
  const Learned ours = trained(TokenizerTemplate::sentence_piece(), {.vocabulary_size = 1000});
  const Learned theirs = reference("unigram");
  ASSERT_EQ(ours.pieces.size(), theirs.pieces.size());
  std::vector<double> our_scores, their_scores;
  const double dropped = theirs.scores.at("[") + 0.01;
  for (const auto& [piece, score] : theirs.scores) {
    ASSERT_TRUE(ours.scores.contains(piece)) << piece;
    our_scores.push_back(ours.scores.at(piece));
    their_scores.push_back(score);
    if (score > dropped) {
      EXPECT_NEAR(ours.scores.at(piece), score, 1e-9) << piece;
    }
  }
  std::sort(our_scores.begin(), our_scores.end());
  std::sort(their_scores.begin(), their_scores.end());
  for (std::size_t i = 0; i < our_scores.size(); ++i) EXPECT_NEAR(our_scores[i], their_scores[i], 1e-9) << i;
  EXPECT_EQ(std::vector<std::string>(ours.pieces.begin(), ours.pieces.begin() + 3), (std::vector<std::string>{"<unk>", "<s>", "</s>"}));
}

TEST(TrainUnigram, GivesTheSameBitsOnAnyNumberOfThreads) {
  const TokenizerTrainerOptions options{.vocabulary_size = 500};
  const Learned one = trained(TokenizerTemplate::sentence_piece(), options, 1);
  const Learned four = trained(TokenizerTemplate::sentence_piece(), options, 4);
  EXPECT_EQ(one.pieces, four.pieces);
  EXPECT_EQ(one.scores, four.scores);
}

TEST(TrainUnigram, KeepsEveryCharacter) {
  const Learned ours = trained(TokenizerTemplate::sentence_piece(), {.vocabulary_size = 120});
  for (const std::string c : {"▁", "e", "Z", "’", "3"}) EXPECT_TRUE(ours.scores.contains(c)) << c;
}

TEST(TrainUnigram, RefusesAVocabularyWithoutRoomForItsCharacters) {
  Context context(1);
  EXPECT_THROW(train_unigram(counted({{"abcdef", 2}}), TokenizerTemplate::sentence_piece(), {.vocabulary_size = 5}, context), Error);
}

}  // namespace
}  // namespace akin::train
