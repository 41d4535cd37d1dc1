#include "akin/train/tokenizer_trainer.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "akin/text/tokenizer.h"
#include "trained_corpus.h"

namespace akin {
namespace {

std::string trained_json(TokenizerTemplate form, std::size_t size, int n_threads) {
  Context context(n_threads);
  TokenizerTrainer trainer(std::move(form), {.vocabulary_size = size});
  trainer.add(train::corpus_lines(), context);
  return trainer.train(context).json;
}

TEST(TokenizerTrainer, WritesTokenizersThatReadTheirCorpusBack) {
  for (auto make : {+[] { return TokenizerTemplate::byte_level_bpe(); }, +[] { return TokenizerTemplate::sentence_piece(); }}) {
    const Tokenizer tokenizer = Tokenizer::from_json(trained_json(make(), 800, 2), "trained");
    EXPECT_EQ(tokenizer.vocabulary_size(), 800U);
    for (const std::string text : {"Alice was beginning to get very tired", "Down the Rabbit-Hole"}) {
      EXPECT_EQ(tokenizer.decode(tokenizer.encode(text).ids), text);
    }
  }
}

TEST(TokenizerTrainer, WritesBertTokenizersWithTheirSpecialTokens) {
  const Tokenizer tokenizer = Tokenizer::from_json(trained_json(TokenizerTemplate::bert(true), 800, 2), "trained");
  const Encoding encoding = tokenizer.encode("Alice was");
  EXPECT_EQ(encoding.ids.front(), tokenizer.id_of("[CLS]"));
  EXPECT_EQ(encoding.ids.back(), tokenizer.id_of("[SEP]"));
  EXPECT_EQ(tokenizer.decode(encoding.ids), "alice was");
}

TEST(TokenizerTrainer, GivesTheSameBytesOnAnyNumberOfThreads) {
  EXPECT_EQ(trained_json(TokenizerTemplate::byte_level_bpe(), 600, 1), trained_json(TokenizerTemplate::byte_level_bpe(), 600, 4));
}

TEST(TokenizerTrainer, TakesTheFormOfAnotherTokenizer) {
  const std::string first = trained_json(TokenizerTemplate::bert(false), 400, 1);
  Context context(1);
  TokenizerTrainer again(TokenizerTemplate::from_json(first, "first.json"), {.vocabulary_size = 400});
  again.add(train::corpus_lines(), context);
  EXPECT_EQ(again.train(context).json, first);
}

TEST(TokenizerTrainer, RefusesOptionsOutOfRangeAndAnEmptyCorpus) {
  Context context(1);
  EXPECT_THROW(TokenizerTrainer(TokenizerTemplate::bert(true), {.vocabulary_size = 0}), Error);
  EXPECT_THROW(TokenizerTrainer(TokenizerTemplate::bert(true), {.shrinking_factor = 1}), Error);
  EXPECT_THROW((void)TokenizerTrainer(TokenizerTemplate::bert(true), {}).train(context), Error);
}

TEST(TokenizerTrainer, StopsWhenItIsCancelled) {
  Context context(1);
  TokenizerTrainer trainer(TokenizerTemplate::byte_level_bpe(), {.vocabulary_size = 600});
  trainer.add(train::corpus_lines(), context);
  context.cancel.cancel();
  EXPECT_THROW((void)trainer.train(context), Error);
}

}  // namespace
}  // namespace akin
