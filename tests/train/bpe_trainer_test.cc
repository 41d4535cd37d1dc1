#include "bpe_trainer.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "trained_corpus.h"

namespace akin::train {
namespace {

TEST(TrainBpe, LearnsTheReferencesIdsAndMerges) {
  const Learned ours = trained(TokenizerTemplate::byte_level_bpe(), {.vocabulary_size = 1500});
  const Learned theirs = reference("bpe");
  EXPECT_EQ(ours.pieces, theirs.pieces);
  EXPECT_EQ(ours.merges, theirs.merges);
}

TEST(TrainBpe, LearnsTheReferencesWordPieces) {
  EXPECT_EQ(trained(TokenizerTemplate::bert(true), {.vocabulary_size = 1200}).pieces, reference("wordpiece").pieces);
}

TEST(TrainBpe, MergesTheMostFrequentPairAndOfEqualOnesThatWithTheLowerIds) {
  Context context(1);
  const TokenizerTemplate form = TokenizerTemplate::from_json(R"({"model": {"type": "BPE"}})", "t.json");
  const auto words = counted({{"ab", 3}, {"abc", 2}, {"bc", 2}, {"cd", 2}});
  const TrainedVocabulary out = train_bpe(words, form, {.vocabulary_size = 6, .min_frequency = 1}, context);
  EXPECT_EQ(out.pieces, (std::vector<std::string>{"a", "b", "c", "d", "ab", "bc"}));  // ab: 5, then bc: 2 (4 less those of abc) before ab+c
  EXPECT_EQ(out.merges, (std::vector<std::pair<std::int32_t, std::int32_t>>{{0, 1}, {1, 2}}));
}

TEST(TrainBpe, CountsOverlappingPairsAsTheyCanBeMerged) {
  Context context(1);
  const TokenizerTemplate form = TokenizerTemplate::from_json(R"({"model": {"type": "BPE"}})", "t.json");
  const TrainedVocabulary out = train_bpe(counted({{"aaaa", 2}}), form, {.vocabulary_size = 10, .min_frequency = 1}, context);
  EXPECT_EQ(out.pieces, (std::vector<std::string>{"a", "aa", "aaaa"}));
}

TEST(TrainBpe, StopsAtTheLeastFrequencyAndTheLimitOfTheAlphabet) {
  Context context(1);
  const TokenizerTemplate form = TokenizerTemplate::from_json(R"({"model": {"type": "BPE"}})", "t.json");
  const auto words = counted({{"ab", 3}, {"xy", 1}});
  EXPECT_EQ(train_bpe(words, form, {.vocabulary_size = 100, .min_frequency = 2}, context).pieces.size(), 5U);
  EXPECT_EQ(train_bpe(words, form, {.vocabulary_size = 100, .min_frequency = 2, .limit_alphabet = 2}, context).pieces,
            (std::vector<std::string>{"a", "b", "ab"}));
}

TEST(TrainBpe, PutsTheMarksOfTheTemplateOnPieces) {
  Context context(1);
  const TokenizerTemplate form = TokenizerTemplate::from_json(R"({"model": {"type": "BPE", "end_of_word_suffix": "</w>"}})", "t.json");
  EXPECT_EQ(train_bpe(counted({{"ab", 3}}), form, {.vocabulary_size = 100}, context).pieces,
            (std::vector<std::string>{"a", "b", "b</w>", "ab</w>"}));
}

TEST(TrainBpe, RefusesAVocabularyWithoutRoomForItsAlphabet) {
  Context context(1);
  EXPECT_THROW(train_bpe(counted({{"ab", 3}}), TokenizerTemplate::byte_level_bpe(), {.vocabulary_size = 200}, context), Error);
}

}  // namespace
}  // namespace akin::train
