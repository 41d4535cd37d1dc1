#include "akin/train/word_training.h"

#include <cmath>
#include <cstring>

#include "akin/formats/word_vectors.h"
#include "base/throws.h"
#include "cosine.h"
#include "train_files.h"

namespace akin {
namespace {

using testing::corpus_of;
using testing::cosine;
using testing::expect_error;
using testing::TemporaryFolder;

std::vector<float> numbers_of(const TrainedWords& trained) {
  std::vector<float> all;
  for (std::size_t r = 0; r < trained.vectors().rows(); ++r)
    all.insert(all.end(), trained.vectors().row(r).begin(), trained.vectors().row(r).end());
  return all;
}

/// Mean cosine of words of one topic less that of words of two.
double separation(const TrainedWords& trained) {
  double same = 0, other = 0;
  int n_same = 0, n_other = 0;
  for (std::size_t i = 0; i < trained.words().size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double c = cosine(trained.vectors().row(i), trained.vectors().row(j));
      const bool one = trained.words()[i][0] == trained.words()[j][0];
      (one ? same : other) += c;
      ++(one ? n_same : n_other);
    }
  }
  return same / n_same - other / n_other;
}

std::vector<WordTrainingOptions> every_kind() {
  std::vector<WordTrainingOptions> all;
  for (const WordModelKind model : {WordModelKind::skip_gram, WordModelKind::cbow}) {
    for (const WordLoss loss : {WordLoss::negative_sampling, WordLoss::hierarchical_softmax}) {
      for (const bool subwords : {false, true}) {
        WordTrainingOptions options{.model = model, .loss = loss, .dim = 20, .epochs = 3, .rate = 0.05F, .sample = 0};
        if (subwords) options.subwords = SubwordOptions{.minn = 2, .maxn = 3, .buckets = 500};
        all.push_back(options);
      }
    }
  }
  return all;
}

TEST(WordTraining, FindsWhichWordsBelongTogetherInEveryKind) {
  const WordCorpus corpus = corpus_of(testing::two_topics(2000), {.min_count = 1});
  for (const WordTrainingOptions& options : every_kind()) {
    Context context(2);
    const TrainedWords trained = train_words(corpus, options, {}, context);
    EXPECT_TRUE(trained.report().finished);
    EXPECT_EQ(trained.report().n_words_learnt, 3 * 24000U);
    // Random vectors: 0. Of words of two letters, half share most of their parts, so that there is less to tell them apart by.
    EXPECT_GT(separation(trained), options.subwords ? 0.08 : 0.3)
        << int(options.model) << int(options.loss) << options.subwords.has_value();
  }
}

TEST(WordTraining, GivesTheSameBitsOnAnyNumberOfThreads) {
  const WordCorpus corpus = corpus_of(testing::two_topics(800), {.min_count = 1});
  for (const WordTrainingOptions& options : every_kind()) {
    Context one(1), three(3);
    EXPECT_EQ(numbers_of(train_words(corpus, options, {}, one)), numbers_of(train_words(corpus, options, {}, three)));
  }
}

TEST(WordTraining, GivesTheSameBitsAfterAStopAndANewStart) {
  const WordCorpus corpus = corpus_of(testing::two_topics(3000), {.min_count = 1});
  const WordTrainingOptions options{.dim = 20, .epochs = 4};
  Context whole(2);
  const auto wanted = numbers_of(train_words(corpus, options, {}, whole));
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "checkpoint";
  CheckpointOptions checkpoint{.file = file};
  int n_stops = 0;
  for (bool finished = false; !finished; ++n_stops) {
    ASSERT_LT(n_stops, 20);
    // Progress is reported between rounds, the first time after the first: nine are an epoch.
    CancelToken* cancel = nullptr;
    Context context(2, [&](const ProgressState&, bool) {
      if (n_stops < 12) cancel->cancel();
    });
    cancel = &context.cancel;
    checkpoint.resume = n_stops > 0;
    const TrainedWords trained = train_words(corpus, options, checkpoint, context);
    finished = trained.report().finished;
    if (finished) {
      EXPECT_EQ(numbers_of(trained), wanted);
    }
    EXPECT_EQ(trained.report().n_words_resumed > 0, n_stops > 0);
  }
  EXPECT_EQ(n_stops, 13);
}

TEST(WordTraining, ACheckpointOfAnotherTrainingIsRefused) {
  const WordCorpus corpus = corpus_of(testing::two_topics(300), {.min_count = 1});
  const TemporaryFolder folder;
  CheckpointOptions checkpoint{.file = folder.path() / "c"};
  Context context(1);
  context.cancel.cancel();
  EXPECT_FALSE(train_words(corpus, {.dim = 10}, checkpoint, context).report().finished);
  checkpoint.resume = true;
  expect_error(ErrorCode::mismatch, "its dimension is 10, wanted is 11", [&] { train_words(corpus, {.dim = 11}, checkpoint, context); });
  context.seed = 7;
  expect_error(ErrorCode::mismatch, "its seed is 42, wanted is 7", [&] { train_words(corpus, {.dim = 10}, checkpoint, context); });
  const WordCorpus other = corpus_of(testing::two_topics(300, 8), {.min_count = 1});
  context.seed = 42;
  expect_error(ErrorCode::mismatch, "text", [&] { train_words(other, {.dim = 10}, checkpoint, context); });
}

TEST(WordTraining, AFastTextFileGivesTheSameVectorsAndThoseOfWordsNeverSeen) {
  const WordCorpus corpus = corpus_of(testing::two_topics(500), {.min_count = 1});
  WordTrainingOptions options{.dim = 12, .epochs = 1};
  options.subwords = SubwordOptions{.minn = 2, .maxn = 3, .buckets = 300};
  Context context(1);
  const TrainedWords trained = train_words(corpus, options, {}, context);
  const TemporaryFolder folder;
  trained.write_fasttext(folder.path() / "w.bin");
  const auto read = open_word_vectors(folder.path() / "w.bin", context);
  EXPECT_EQ(read->format(), "fastText");
  std::vector<float> out(12);
  for (std::size_t w = 0; w < trained.words().size(); ++w) {
    EXPECT_EQ(read->word(w), trained.words()[w]);
    EXPECT_EQ(read->counts()[w], static_cast<std::int64_t>(trained.counts()[w]));
    read->read(w, out);
    EXPECT_TRUE(std::equal(out.begin(), out.end(), trained.vectors().row(w).begin()));
  }
  EXPECT_TRUE(read->compose("a99", out));
  expect_error(ErrorCode::invalid_argument, "with subwords",
               [&] { train_words(corpus, {.dim = 12, .epochs = 1}, {}, context).write_fasttext(folder.path() / "x.bin"); });
}

TEST(WordTraining, SaysWhichOptionIsOutOfRange) {
  const WordCorpus corpus = corpus_of("a b a b\n", {.min_count = 1});
  Context context(1);
  const auto refused = [&](const char* what, const WordTrainingOptions& options) {
    expect_error(ErrorCode::invalid_argument, what, [&] { train_words(corpus, options, {}, context); });
  };
  refused("the dimension is 0, wanted is 1 to 10000", {.dim = 0});
  refused("the window is 1001", {.window = 1001});
  refused("the number of negatives is 0", {.negatives = 0});
  refused("the number of epochs is 0", {.epochs = 0});
  refused("the rate is nan", {.rate = std::nanf("")});
  refused("the sample is -1", {.sample = -1});
  refused("the number of buckets is 0", {.subwords = SubwordOptions{3, 6, 0}});
  refused("the greatest length of n-grams is 2, wanted is 3 to 64", {.subwords = SubwordOptions{3, 2, 10}});
}

}  // namespace
}  // namespace akin
