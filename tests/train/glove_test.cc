#include "akin/train/glove.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <thread>

#include "base/throws.h"
#include "cosine.h"
#include "train_files.h"

namespace akin {
namespace {

using testing::corpus_of;
using testing::cosine;
using testing::expect_error;
using testing::TemporaryFolder;

/// Sentences of two topics, every tenth word of the other: what is rare together is what vectors can tell, as pairs that never stand
/// together are not learnt.
const std::string& text() {
  static const std::string text = [] {
    Rng rng(7);
    std::string all;
    for (int s = 0; s < 2000; ++s) {
      const bool topic = rng.below(2) == 0;
      for (int w = 0; w < 12; ++w)
        all += std::string(w == 0 ? "" : " ") + ((rng.below(10) == 0) != topic ? 'a' : 'b') + std::to_string(rng.below(20));
      all += '\n';
    }
    return all;
  }();
  return text;
}

std::vector<float> numbers_of(const GloveVectors& trained) {
  return {trained.vectors.data(), trained.vectors.data() + trained.vectors.size()};
}

TEST(Glove, FindsWhichWordsBelongTogether) {
  const WordCorpus corpus = corpus_of(text(), {.min_count = 1});
  Context context(2);
  const GloveVectors trained = train_glove(corpus, {.dim = 20, .epochs = 15}, {}, context);
  EXPECT_TRUE(trained.report.finished);
  EXPECT_EQ(trained.report.n_pairs, 40 * 40U) << "every two words";
  EXPECT_EQ(trained.report.n_pairs_learnt, 15 * trained.report.n_pairs);
  double same = 0, other = 0;
  int n_same = 0, n_other = 0;
  for (std::size_t i = 0; i < 40; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool one = corpus.words()[i][0] == corpus.words()[j][0];
      (one ? same : other) += cosine(trained.vectors.row(i), trained.vectors.row(j));
      ++(one ? n_same : n_other);
    }
  }
  EXPECT_GT(same / n_same - other / n_other, 0.3) << "random vectors: 0";
}

TEST(Glove, TheLossFalls) {
  const WordCorpus corpus = corpus_of(text(), {.min_count = 1});
  Context context(1);
  const auto losses = train_glove(corpus, {.dim = 10, .epochs = 12}, {}, context).report.losses;
  ASSERT_EQ(losses.size(), 12U);
  EXPECT_LT(losses[11], losses[0] / 4);
}

TEST(Glove, GivesTheSameBitsOnAnyNumberOfThreadsAndInAnyMemory) {
  const WordCorpus corpus = corpus_of(text(), {.min_count = 1});
  Context one(1), three(3);
  const auto wanted = numbers_of(train_glove(corpus, {.dim = 20, .epochs = 3}, {}, one));
  EXPECT_EQ(numbers_of(train_glove(corpus, {.dim = 20, .epochs = 3}, {}, three)), wanted);
  EXPECT_EQ(numbers_of(train_glove(corpus, {.dim = 20, .epochs = 3, .memory = 100}, {}, one)), wanted);
  one.seed = 43;
  EXPECT_NE(numbers_of(train_glove(corpus, {.dim = 20, .epochs = 3}, {}, one)), wanted);
}

TEST(Glove, GivesTheSameBitsAfterAStopAndANewStart) {
  const WordCorpus corpus = corpus_of(text(), {.min_count = 1});
  const GloveOptions options{.dim = 20, .epochs = 3};
  Context whole(2);
  const auto wanted = numbers_of(train_glove(corpus, options, {}, whole));
  const TemporaryFolder folder;
  CheckpointOptions checkpoint{.file = folder.path() / "checkpoint"};
  for (int stops = 0; stops < 4; ++stops) {
    // The first report of learning comes a tenth of a second after the last of counting: here, after the first step.
    CancelToken* cancel = nullptr;
    Context context(2, [&](const ProgressState& state, bool done) {
      if (state.label == "counting" && done) std::this_thread::sleep_for(std::chrono::milliseconds(110));
      if (state.label.starts_with("epoch") && stops < 3) cancel->cancel();
    });
    cancel = &context.cancel;
    checkpoint.resume = stops > 0;
    const GloveVectors trained = train_glove(corpus, options, checkpoint, context);
    EXPECT_EQ(trained.report.finished, stops == 3);
    EXPECT_EQ(trained.report.n_pairs_resumed > 0, stops > 0);
    if (stops == 3) {
      EXPECT_EQ(numbers_of(trained), wanted);
    } else {
      EXPECT_NE(numbers_of(trained), wanted);
    }
  }
}

TEST(Glove, ACheckpointOfAnotherTrainingIsRefused) {
  const WordCorpus corpus = corpus_of(text(), {.min_count = 1});
  const TemporaryFolder folder;
  CheckpointOptions checkpoint{.file = folder.path() / "c"};
  CancelToken* cancel = nullptr;
  Context stopped(1), stopping(1, [&](const ProgressState&, bool done) {
    if (done) cancel->cancel();  // of counting
  });
  cancel = &stopping.cancel;
  EXPECT_FALSE(train_glove(corpus, {.dim = 10}, checkpoint, stopping).report.finished);
  checkpoint.resume = true;
  expect_error(ErrorCode::mismatch, "its dimension is 10, wanted is 11", [&] { train_glove(corpus, {.dim = 11}, checkpoint, stopped); });
  expect_error(ErrorCode::mismatch, "its window is 15, wanted is 3",
               [&] { train_glove(corpus, {.dim = 10, .window = 3}, checkpoint, stopped); });
}

TEST(Glove, SaysWhichOptionIsOutOfRange) {
  const WordCorpus corpus = corpus_of("a b\n", {.min_count = 1});
  Context context(1);
  const auto refused = [&](const char* message, const GloveOptions& options) {
    expect_error(ErrorCode::invalid_argument, message, [&] { train_glove(corpus, options, {}, context); });
  };
  refused("the dimension is 0, wanted is 1 to 10000", {.dim = 0});
  refused("the window is 1001", {.window = 1001});
  refused("the number of epochs is 0", {.epochs = 0});
  refused("the rate is -1", {.rate = -1});
  refused("x_max is 0", {.x_max = 0});
  refused("alpha is nan", {.alpha = std::nan("")});
}

}  // namespace
}  // namespace akin
