#include "akin/train/pairs_train.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "akin/base/mapped_file.h"
#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

const fs::path kModel = fs::path(AKIN_GOLDEN) / "sentence-transformers/pool-mean";

/// Pairs that can be learnt: a subject and what is said of it.
TextPairs some_pairs(bool scored = false) {
  const char* subjects[] = {"whale", "ship", "wife", "truth", "fortune", "sea", "man", "shore"};
  TextPairs pairs;
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      const std::string subject = subjects[i], other = subjects[(i + j) % 8];
      TuningPair pair{pairs.add_text("the " + subject + " of year " + std::to_string(j)),
                      pairs.add_text("about a " + (scored ? other : subject))};
      pair.score = j == 0 ? 1.0F : 0.1F * static_cast<float>(j);
      pairs.add(pair);
    }
  }
  return pairs;
}

PairTrainOptions fast_options() {
  PairTrainOptions options;
  options.batch = 8;
  options.schedule = {.rate = 2e-3, .last_rate = 0, .warmup = 2, .steps = 12};
  return options;
}

struct Tuning {
  Context context;
  TextPairs pairs;
  PairTrainOptions options;
  TunableEncoder encoder;
  PairTrainer trainer;
  testing::TemporaryFolder folder;

  Tuning(const PairTrainOptions& the_options, int threads, double held_out = 0)
      : context(threads),
        pairs(some_pairs(the_options.loss.loss != PairLoss::ranking)),
        options(the_options),
        encoder(TunableEncoder::load(kModel, 0, context)),
        trainer(make(held_out)) {}

  PairTrainer make(double held_out) {
    std::vector<TuningPair> aside = pairs.hold_out(held_out, 1);
    return {encoder, pairs, std::move(aside), options, context};
  }
  [[nodiscard]] fs::path out() const { return folder.path() / "tuned"; }
  PairTrainReport tune(const PairEvaluation& evaluation = {}) { return tune_pairs(trainer, options, out(), evaluation, {}, context); }
  [[nodiscard]] std::vector<float> values() const {
    const auto all = encoder.parameters().values();
    return {all.begin(), all.end()};
  }
};

TEST(PairsTrain, EveryLossGoesDown) {
  for (const PairLoss loss : {PairLoss::ranking, PairLoss::cosent, PairLoss::cosine}) {
    PairTrainOptions options = fast_options();
    options.loss.loss = loss;
    options.schedule.steps = 24;
    Tuning run(options, 2);
    const PairTrainReport report = run.tune();
    ASSERT_EQ(report.curve.size(), 24U);
    const auto mean = [&](std::size_t first) {
      double sum = 0;
      for (std::size_t i = first; i < first + 4; ++i) sum += report.curve[i].loss / 4;
      return sum;
    };
    EXPECT_LT(mean(20), 0.8 * mean(0)) << name_of(loss);
    EXPECT_EQ(report.best_step, 24U);
  }
}

TEST(PairsTrain, AModelHasTheSameBitsOnAnyNumberOfThreads) {
  PairTrainOptions options = fast_options();
  options.dropout = 0.1F;
  Tuning one(options, 1, 0.2), three(options, 3, 0.2);
  EXPECT_EQ(one.tune().curve, three.tune().curve);
  EXPECT_EQ(one.values(), three.values());
}

TEST(PairsTrain, ABatchInPartsIsTheSameBatch) {
  PairTrainOptions options = fast_options();
  options.schedule.steps = 3;
  options.batch = 32;
  Tuning together(options, 2);
  options.memory = std::size_t{1} << 20;
  Tuning parts(options, 2);
  // 64 texts of 6 tokens and more are more than one part.
  ASSERT_GT(parts.encoder.tape_bytes_per_token() * 64 * 6, options.memory);
  const std::vector<PairPoint> in_parts = parts.tune().curve, at_once = together.tune().curve;
  for (std::size_t i = 0; i < 3; ++i) {
    // Sums of gradients in another order: 1e-6 a step.
    EXPECT_NEAR(in_parts[i].loss, at_once[i].loss, 1e-4);
    EXPECT_NEAR(in_parts[i].gradient_length, at_once[i].gradient_length, 1e-3);
  }
}

TEST(PairsTrain, KeepsTheBestModelByHeldOutLoss) {
  PairTrainOptions options = fast_options();
  options.eval_every = 4;
  Tuning run(options, 2, 0.2);
  const PairTrainReport report = run.tune();
  ASSERT_EQ(report.curve.size(), 13U);
  double best = 1e9;
  std::size_t best_step = 99;
  for (const PairPoint& point : report.curve) {
    EXPECT_EQ(point.held_out_loss.has_value(), point.step % 4 == 0);
    if (!point.held_out_loss || *point.held_out_loss >= best) continue;
    best = *point.held_out_loss;
    best_step = point.step;
  }
  EXPECT_EQ(report.best_step, best_step);
  EXPECT_LT(best, *report.curve.front().held_out_loss);
}

TEST(PairsTrain, KeepsTheBestModelByAScore) {
  PairTrainOptions options = fast_options();
  options.eval_every = 4;
  Tuning run(options, 2, 0.2);
  std::size_t looks = 0;
  Matrix<float> at_second_look;
  const std::vector<std::string> texts = {"the whale of year 1"};
  const PairTrainReport report = run.tune([&](const Embedder& embedder, Context& context) {
    if (++looks == 2) at_second_look = embedder.embed(texts, TextRole::plain, context).vectors;
    return looks == 2 ? 1.0 : 0.0;
  });
  EXPECT_EQ(looks, 4U);
  EXPECT_EQ(report.best_step, 4U);
  const Matrix<float> kept = Embedder::load(run.out(), {}, run.context).embed(texts, TextRole::plain, run.context).vectors;
  for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_NEAR(kept.data()[i], at_second_look.data()[i], 1e-5F);
}

TEST(PairsTrain, CancellingLeavesAUsableModel) {
  Tuning run(fast_options(), 2);
  const PairObserver observer = [&](const PairPoint& point) {
    if (point.step == 3) run.context.cancel.cancel();
  };
  testing::expect_error(ErrorCode::cancelled, "", [&] { tune_pairs(run.trainer, run.options, run.out(), {}, observer, run.context); });
  EXPECT_EQ(run.trainer.n_steps(), 3U);
  Context context(1);
  EXPECT_EQ(Embedder::load(run.out(), {}, context).dim(), 32U);
}

TEST(PairsTrain, GoesOnFromACheckpointToTheSameBits) {
  PairTrainOptions options = fast_options();
  options.dropout = 0.1F;
  options.eval_every = 4;
  options.save_every = 5;
  Tuning whole(options, 2, 0.2);
  const PairTrainReport report = whole.tune();
  EXPECT_FALSE(fs::exists(whole.out() / "checkpoint.safetensors"));
  for (const std::size_t stop : {std::size_t{3}, std::size_t{7}, std::size_t{8}}) {
    Tuning cut(options, 1, 0.2);
    const PairObserver observer = [&](const PairPoint& point) {
      if (point.step == stop) cut.context.cancel.cancel();
    };
    testing::expect_error(ErrorCode::cancelled, "", [&] { tune_pairs(cut.trainer, options, cut.out(), {}, observer, cut.context); });
    PairTrainOptions rest = options;
    rest.resumes = true;
    Tuning later(rest, 3, 0.2);
    const PairTrainReport end = tune_pairs(later.trainer, rest, cut.out(), {}, {}, later.context);
    EXPECT_EQ(end.curve.front().step, stop + 1);
    EXPECT_EQ(end.curve.back(), report.curve.back());
    EXPECT_EQ(end.best_step, report.best_step);
    EXPECT_EQ(later.values(), whole.values());
    EXPECT_EQ(read_file(cut.out() / "model.safetensors", 1 << 24), read_file(whole.out() / "model.safetensors", 1 << 24));
  }
}

TEST(PairsTrain, ALookThatWasCancelledIsMadeUpFor) {
  PairTrainOptions options = fast_options();
  options.eval_every = 4;
  Tuning cut(options, 2);
  std::size_t looks = 0;
  const PairEvaluation evaluation = [&](const Embedder&, Context& context) {
    if (++looks == 2) context.cancel.cancel();
    context.cancel.check();
    return looks == 2 ? 5.0 : 1.0;
  };
  testing::expect_error(ErrorCode::cancelled, "", [&] { cut.tune(evaluation); });
  PairTrainOptions rest = options;
  rest.resumes = true;
  Tuning later(rest, 2);
  std::vector<double> scores = {7.0, 3.0, 2.0};  // of steps 4, 8 and 12
  const PairTrainReport end = tune_pairs(
      later.trainer, rest, cut.out(),
      [&](const Embedder&, Context&) {
        const double score = scores.front();
        scores.erase(scores.begin());
        return score;
      },
      {}, later.context);
  EXPECT_TRUE(scores.empty());
  EXPECT_EQ(end.best_step, 4U);
}

TEST(PairsTrain, ResumesNothingElse) {
  PairTrainOptions options = fast_options();
  Tuning run(options, 1), with_held_out(options, 1, 0.2);
  run.trainer.step(run.context);
  run.trainer.save(run.out(), {});
  testing::expect_error(ErrorCode::mismatch, "the training was begun with pairs", [&] { with_held_out.trainer.resume(run.out()); });
  options.batch = 7;
  Tuning other(options, 1);
  testing::expect_error(ErrorCode::mismatch, "the training was begun with batch 8, now it is 7", [&] { other.trainer.resume(run.out()); });
  testing::expect_error(ErrorCode::not_found, "checkpoint.safetensors", [&] { other.trainer.resume(other.out()); });
}

TEST(PairsTrain, SaysWhatIsOutOfRange) {
  const auto broken = [](const char* message, auto change) {
    PairTrainOptions options = fast_options();
    change(options);
    testing::expect_error(ErrorCode::invalid_argument, message, [&] { check(options, 32); });
  };
  broken("pairs a step", [](PairTrainOptions& o) { o.batch = 1; });
  broken("dropout", [](PairTrainOptions& o) { o.dropout = 1; });
  broken("the rate", [](PairTrainOptions& o) { o.schedule.rate = -1; });
  broken("the last rate", [](PairTrainOptions& o) { o.schedule.last_rate = 1; });
  broken("1 MB", [](PairTrainOptions& o) { o.memory = 5; });
  broken("100,000,000 steps", [](PairTrainOptions& o) { o.schedule.steps = 1'000'000'000; });
  Context context(1);
  TunableEncoder encoder = TunableEncoder::load(kModel, 0, context);
  const TextPairs none;
  testing::expect_error(ErrorCode::invalid_argument, "no pairs to learn from",
                        [&] { PairTrainer(encoder, none, {}, fast_options(), context); });
}

TEST(PairsTrain, ALossThatIsNoNumberIsTold) {
  PairTrainOptions options = fast_options();
  options.schedule.rate = 1;
  options.adam.clip = 0;
  options.schedule.warmup = 0;
  Tuning run(options, 1);
  const Parameter* p = run.encoder.parameters().find("encoder.layer.1.output.LayerNorm.weight");
  ASSERT_NE(p, nullptr);
  run.encoder.parameters().values_of(*p)[0] = std::numeric_limits<float>::quiet_NaN();
  testing::expect_error(ErrorCode::invalid_argument, "a lower rate is wanted", [&] { run.trainer.step(run.context); });
}

}  // namespace
}  // namespace akin
