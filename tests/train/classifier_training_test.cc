#include "akin/train/classifier_training.h"

#include <cmath>
#include <fstream>

#include "akin/embed/text_classifier.h"
#include "akin/formats/word_vectors.h"
#include "base/throws.h"
#include "formats/mangle.h"
#include "labelled_lines.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::file_text;
using testing::labelled_corpus_of;
using testing::TemporaryFolder;
using testing::topic_lines;

constexpr LabelLoss kLosses[] = {LabelLoss::softmax, LabelLoss::hierarchical_softmax, LabelLoss::one_vs_all};

ClassifierOptions small(LabelLoss loss) { return {.loss = loss, .dim = 12, .epochs = 10, .rate = 0.5F}; }

/// The share of lines whose first guess is a label that they name.
double accuracy(const std::filesystem::path& file, const std::string& text) {
  const TextClassifier classifier(file);
  std::size_t right = 0, n = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const auto answer = classifier.answer(text.substr(at, end - at), {});
    for (const std::size_t named : answer.named) right += answer.guesses[0].label == named ? 1 : 0;
    ++n;
    at = end + 1;
  }
  return static_cast<double>(right) / static_cast<double>(n);
}

TEST(ClassifierTraining, TellsTopicsApartWithEveryLoss) {
  const TemporaryFolder folder;
  for (const LabelLoss loss : kLosses) {
    for (const std::int32_t ngrams : {1, 2}) {
      const auto corpus =
          labelled_corpus_of(topic_lines(600, 5, true), {.word_ngrams = ngrams, .maxn = ngrams == 2 ? 2 : 0, .buckets = 700});
      Context context(2);
      const TrainedClassifier trained = train_classifier(corpus, small(loss), nullptr, {}, context);
      EXPECT_TRUE(trained.report().finished);
      EXPECT_LT(trained.report().losses.back(), trained.report().losses.front());
      trained.write(folder.path() / "m.bin");
      // Lines that it did not see: half the words or more are the topic's own.
      EXPECT_GT(accuracy(folder.path() / "m.bin", topic_lines(200, 5, true, 8)), 0.97) << int(loss) << ngrams;
      trained.write_quantized(folder.path() / "m.ftz", {.cutoff = 60, .retrain = true, .norms = true, .output = loss == LabelLoss::softmax},
                              context);
      EXPECT_GT(accuracy(folder.path() / "m.ftz", topic_lines(200, 5, true, 8)), 0.9) << int(loss) << ngrams;
      EXPECT_TRUE(TextClassifier(folder.path() / "m.ftz").quantized());
    }
  }
}

TEST(ClassifierTraining, GivesTheSameBitsOnAnyNumberOfThreads) {
  const TemporaryFolder folder;
  const auto corpus = labelled_corpus_of(topic_lines(3000, 40, true), {.word_ngrams = 2, .buckets = 3000});
  for (const LabelLoss loss : kLosses) {
    ClassifierOptions options = small(loss);
    options.dim = 40;  // enough work for rounds to be shared
    for (const int n_threads : {1, 3}) {
      Context context(n_threads);
      const TrainedClassifier trained = train_classifier(corpus, options, nullptr, {}, context);
      trained.write(folder.path() / ("m" + std::to_string(n_threads)));
      trained.write_quantized(folder.path() / ("q" + std::to_string(n_threads)), {.cutoff = 500, .retrain = true}, context);
    }
    EXPECT_TRUE(file_text((folder.path() / "m1").string()) == file_text((folder.path() / "m3").string())) << int(loss);
    EXPECT_TRUE(file_text((folder.path() / "q1").string()) == file_text((folder.path() / "q3").string())) << int(loss);
  }
}

TEST(ClassifierTraining, GivesTheSameBitsAfterAStopAndANewStart) {
  const TemporaryFolder folder;
  const auto corpus = labelled_corpus_of(topic_lines(2000, 5), {});
  Context whole(2);
  train_classifier(corpus, small(LabelLoss::softmax), nullptr, {}, whole).write(folder.path() / "whole.bin");
  CheckpointOptions checkpoint{folder.path() / "c", 600, false};
  for (int n_stops = 0; n_stops < 4; ++n_stops) {
    CancelToken* cancel = nullptr;
    Context context(2, [&](const ProgressState&, bool) {
      if (n_stops < 3) cancel->cancel();
    });
    cancel = &context.cancel;
    checkpoint.resume = n_stops > 0;
    const TrainedClassifier trained = train_classifier(corpus, small(LabelLoss::softmax), nullptr, checkpoint, context);
    EXPECT_EQ(trained.report().finished, n_stops == 3);
    EXPECT_EQ(trained.report().n_words_resumed > 0, n_stops > 0);
    trained.write(folder.path() / "again.bin");
    EXPECT_EQ(TextClassifier(folder.path() / "again.bin").labels().size(), 5U);  // usable
  }
  EXPECT_TRUE(file_text((folder.path() / "whole.bin").string()) == file_text((folder.path() / "again.bin").string()));
  Context again(1);
  checkpoint.resume = true;
  again.cancel.cancel();
  train_classifier(corpus, small(LabelLoss::softmax), nullptr, {folder.path() / "c", 600, false}, again);
  expect_error(ErrorCode::mismatch, "its loss is softmax, wanted is one_vs_all",
               [&] { train_classifier(corpus, small(LabelLoss::one_vs_all), nullptr, checkpoint, again); });
}

TEST(ClassifierTraining, OneLabelIsAnAnswerToo) {
  const TemporaryFolder folder;
  const auto corpus = labelled_corpus_of("__label__a one two\n__label__a three\n", {});
  for (const LabelLoss loss : kLosses) {
    Context context(1);
    train_classifier(corpus, small(loss), nullptr, {}, context).write(folder.path() / "m.bin");
    const auto answer = TextClassifier(folder.path() / "m.bin").answer("one", {});
    ASSERT_EQ(answer.guesses.size(), 1U);
    EXPECT_GT(answer.guesses[0].probability, 0.5F) << int(loss);
  }
}

TEST(ClassifierTraining, BeginsWithTheVectorsThatItIsGiven) {
  const TemporaryFolder folder;
  Context context(1);
  const auto vectors = open_word_vectors(folder.write("v.vec", "2 3\nunseen 1 2 3\nseen 4 5 6\n"), context);
  const auto corpus = labelled_corpus_of("__label__a seen\n__label__b other\n", {.more_words = {"unseen", "seen"}});
  ClassifierOptions options{.dim = 3, .epochs = 1, .rate = 1e-6F};
  train_classifier(corpus, options, vectors.get(), {}, context).write(folder.path() / "m.bin");
  const auto model = open_word_vectors(folder.path() / "m.bin", context);
  std::vector<float> row(3);
  model->read(*model->find("unseen"), row);
  EXPECT_EQ(row, (std::vector<float>{1, 2, 3}));
  options.dim = 4;
  expect_error(ErrorCode::invalid_argument, "vectors of 3 numbers, the dimension is 4",
               [&] { train_classifier(corpus, options, vectors.get(), {}, context); });
}

TEST(ClassifierTraining, RefusesOptionsOutOfRange) {
  const TemporaryFolder folder;
  const auto corpus = labelled_corpus_of("__label__a one two\n__label__b three\n", {});
  Context context(1);
  const auto refuses = [&](const char* message, const ClassifierOptions& options) {
    expect_error(ErrorCode::invalid_argument, message, [&] { train_classifier(corpus, options, nullptr, {}, context); });
  };
  refuses("the dimension is 0, wanted is 1 to 10000", {.dim = 0});
  refuses("the number of epochs is 0", {.epochs = 0});
  refuses("the rate is 0", {.rate = 0});
  refuses("the rate is nan", {.rate = std::nanf("")});
  const TrainedClassifier trained = train_classifier(corpus, {.dim = 3}, nullptr, {}, context);
  expect_error(ErrorCode::invalid_argument, "values that share a code is 4, wanted is 1 to 3",
               [&] { trained.write_quantized(folder.path() / "q.ftz", {.part = 4}, context); });
  EXPECT_EQ(folder.n_entries(), 0U);
}

}  // namespace
}  // namespace akin
