#include "akin/train/word_corpus.h"

#include "base/throws.h"
#include "train_files.h"

namespace akin {
namespace {

using testing::corpus_of;
using testing::expect_error;

std::vector<std::vector<std::string>> sentences_of(const WordCorpus& corpus) {
  std::vector<std::vector<std::string>> sentences(1);
  for (std::size_t b = 0; b < corpus.n_blocks(); ++b) {
    for (const std::uint32_t word : corpus.block(b)) {
      if (word == WordCorpus::kSentenceEnd) {
        sentences.emplace_back();
      } else {
        sentences.back().push_back(corpus.words()[word]);
      }
    }
    EXPECT_TRUE(sentences.back().empty()) << "a block ends inside a sentence";
  }
  sentences.pop_back();
  return sentences;
}

TEST(WordCorpus, OrdersWordsByCountAndThenByBytes) {
  const WordCorpus corpus = corpus_of("b c a\nc rare b\na c\n", {.min_count = 2});
  EXPECT_EQ(corpus.words(), (std::vector<std::string>{"c", "a", "b"}));
  EXPECT_EQ(corpus.counts(), (std::vector<std::uint64_t>{3, 2, 2}));
  EXPECT_EQ(corpus.report().n_words, 8U);
  EXPECT_EQ(corpus.report().n_kept, 7U);
  EXPECT_EQ(corpus.report().n_different, 4U);
  EXPECT_EQ(corpus.report().n_sentences, 3U);
}

TEST(WordCorpus, KeepsTheTextWithoutRareWords) {
  const WordCorpus corpus = corpus_of("b c a\nrare\nc seldom b\na c\n", {.min_count = 2});
  EXPECT_EQ(sentences_of(corpus), (std::vector<std::vector<std::string>>{{"b", "c", "a"}, {"c", "b"}, {"a", "c"}}));
}

TEST(WordCorpus, CutsLongSentences) {
  const WordCorpus corpus = corpus_of("a b a b a\nb", {.min_count = 1, .max_sentence = 2});
  EXPECT_EQ(sentences_of(corpus), (std::vector<std::vector<std::string>>{{"a", "b"}, {"a", "b"}, {"a"}, {"b"}}));
}

TEST(WordCorpus, KeepsOnlyTheMostFrequentIfAsked) {
  const WordCorpus corpus = corpus_of("a a a b b c d\n", {.min_count = 1, .max_words = 2});
  EXPECT_EQ(corpus.words(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(corpus.report().n_kept, 5U);
}

TEST(WordCorpus, CutsTheTextIntoBlocksOfWholeSentences) {
  const std::string text = testing::two_topics(1000);
  const WordCorpus corpus = corpus_of(text, {.min_count = 1});
  EXPECT_GT(corpus.n_blocks(), 30U);
  for (std::size_t b = 0; b + 1 < corpus.n_blocks(); ++b) {
    const std::uint64_t n = corpus.words_before(b + 1) - corpus.words_before(b);
    EXPECT_GE(n, 256U);
    EXPECT_LT(n, 256U + 12);
  }
  EXPECT_EQ(corpus.words_before(corpus.n_blocks()), 12000U);
  EXPECT_EQ(sentences_of(corpus).size(), 1000U);
  corpus.forget(0, corpus.n_blocks());
  EXPECT_EQ(sentences_of(corpus).size(), 1000U);
}

TEST(WordCorpus, IsTheSameOnAnyNumberOfThreadsAndKnownByItsDigest) {
  const std::string text = testing::two_topics(500);
  const std::string digest = corpus_of(text, {.min_count = 1}, 1).digest();
  EXPECT_EQ(corpus_of(text, {.min_count = 1}, 3).digest(), digest);
  EXPECT_NE(corpus_of(text + "a1\n", {.min_count = 1}).digest(), digest);
  EXPECT_NE(corpus_of(text, {.min_count = 1, .max_sentence = 5}).digest(), digest);
}

TEST(WordCorpus, RefusesATextOfLessThanTwoWords) {
  expect_error(ErrorCode::invalid_argument, "the text has no words", [] { corpus_of(" \n", {.min_count = 1}); });
  expect_error(ErrorCode::invalid_argument, "1 of the text's 1 different words", [] { corpus_of("word word", {.min_count = 1}); });
  expect_error(ErrorCode::invalid_argument, "0 of the text's 3 different words came 5 times or more", [] { corpus_of("a b c", {}); });
  expect_error(ErrorCode::invalid_argument, "least count", [] { corpus_of("a b", {.min_count = 0}); });
  expect_error(ErrorCode::invalid_argument, "longest sentence", [] { corpus_of("a b", {.min_count = 1, .max_sentence = 0}); });
}

TEST(WordCorpus, StopsWhenCancelled) {
  const testing::TemporaryFolder folder;
  Context context(1);
  context.cancel.cancel();
  const auto input = open_text_input({folder.write("text.txt", "a b a b")});
  expect_error(ErrorCode::cancelled, "", [&] { WordCorpus(*input, {.min_count = 1}, context); });
}

}  // namespace
}  // namespace akin
