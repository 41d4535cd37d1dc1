#include "akin/train/lm_train.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "akin/base/mapped_file.h"
#include "base/throws.h"
#include "lm_checkpoint.h"
#include "lm_fixture.h"

namespace akin {
namespace {

LmTrainOptions options_for(const LmShape& shape, std::size_t steps) {
  LmTrainOptions o;
  o.batches.objective = shape.objective;
  o.batches.context = shape.context;
  o.batches.vocabulary_size = shape.vocabulary_size;
  o.batches.mask_id = 49;
  o.batch = 16;
  o.schedule = {.rate = 0.01, .last_rate = 0.001, .warmup = std::min<std::size_t>(5, steps), .steps = steps};
  o.n_eval_texts = 20;
  return o;
}

/// A run of its own: a model, its corpus, its trainer.
struct Course {
  TestFolder folder;
  TokenFile tokens, held_out;
  LmTrainOptions options;
  LmModel model;
  LmTrainer trainer;

  explicit Course(const LmShape& shape, std::size_t steps, const std::function<void(LmTrainOptions&)>& change = {})
      : tokens(write_tokens(folder / "tokens.npy", learnable_tokens(4000, 48))),
        held_out(write_tokens(folder / "held_out.npy", learnable_tokens(600, 48))),
        options(changed(options_for(shape, steps), change)),
        model(shape, 1),
        trainer(model, tokens, &held_out, options) {}

  static LmTrainOptions changed(LmTrainOptions o, const std::function<void(LmTrainOptions&)>& change) {
    if (change) change(o);
    return o;
  }
  std::vector<double> steps(std::size_t n, int threads = 1) {
    Context context(threads);
    std::vector<double> losses;
    for (std::size_t i = 0; i < n; ++i) losses.push_back(trainer.step(context).loss);
    return losses;
  }
  [[nodiscard]] std::vector<float> values() const { return {model.parameters().values().begin(), model.parameters().values().end()}; }
};

TEST(LmTrainer, LearnsWhatComesNextWithEveryScheme) {
  for (const LmShape& shape : every_shape()) {
    // A masked model is asked of a seventh of the tokens alone, and learns slower by as much.
    const bool is_masked = shape.objective == LmObjective::masked;
    const std::size_t n_steps = is_masked ? 1000 : 120;
    Course course(shape, n_steps, [](LmTrainOptions& o) { o.n_eval_texts = 50; });
    const std::vector<double> losses = course.steps(n_steps, 2);
    const double last = std::accumulate(losses.end() - 40, losses.end(), 0.0) / 40;
    // Who knows nothing needs ln 48 = 3.87 nats; an eighth of the tokens is random: who knows the rule needs 0.84. Of five seeds the worst
    // ended at 1.02 (held out: 1.15) and, masked, at 3.05 (3.11; the fixed table learns slowest, the others reach 2.0). The bounds leave
    // another CPU's rounding room to take another path, and none to a model that does not learn.
    EXPECT_NEAR(losses.front(), std::log(50), 0.1) << name_of(shape);  // 50 tokens, all as likely
    EXPECT_LT(last, is_masked ? 3.4 : 1.3) << name_of(shape);
    Context context(2);
    EXPECT_LT(course.trainer.held_out_loss(context), is_masked ? 3.4 : 1.4) << name_of(shape);
  }
}

TEST(LmTrainer, GivesTheSameBitsOnAnyNumberOfThreads) {
  const LmShape shape = tiny_shape(LmObjective::causal, LmPositions::learned);
  const auto change = [](LmTrainOptions& o) { o.dropout = 0.1F; };
  Course one(shape, 6, change), two(shape, 6, change), five(shape, 6, change);
  const std::vector<double> losses = one.steps(6, 1);
  EXPECT_EQ(losses, two.steps(6, 2));
  EXPECT_EQ(losses, five.steps(6, 5));
  EXPECT_EQ(one.values(), two.values());
  EXPECT_EQ(one.values(), five.values());
}

TEST(LmTrainer, GoesOnFromACheckpointToTheSameBits) {
  const LmShape shape = tiny_shape(LmObjective::masked, LmPositions::learned);
  const auto change = [](LmTrainOptions& o) { o.dropout = 0.1F; };
  Course whole(shape, 8, change), paused(shape, 8, change), later(shape, 8, change);
  whole.steps(8);
  paused.steps(5);
  paused.trainer.save(paused.folder.path());
  paused.steps(1);  // lost
  later.trainer.resume(paused.folder.path());
  EXPECT_EQ(later.trainer.n_steps(), 5U);
  later.steps(3);
  EXPECT_EQ(later.values(), whole.values());
  EXPECT_EQ(later.trainer.curve(), whole.trainer.curve());
}

TEST(LmTrainer, ResumesNothingElse) {
  const LmShape shape = tiny_shape(LmObjective::causal, LmPositions::learned);
  Course run(shape, 8), other(shape, 9);
  run.steps(1);
  run.trainer.save(run.folder.path());
  testing::expect_error(ErrorCode::mismatch, "the training was begun with steps 8, now it is 9",
                        [&] { other.trainer.resume(run.folder.path()); });
  testing::expect_error(ErrorCode::not_found, "checkpoint.safetensors", [&] { other.trainer.resume(other.folder.path()); });
  std::filesystem::copy_file(run.folder / "model.safetensors", other.folder / "checkpoint.safetensors");
  testing::expect_error(ErrorCode::corrupt, "this is no checkpoint of a training", [&] { other.trainer.resume(other.folder.path()); });
  std::filesystem::remove(other.folder / "checkpoint.safetensors");
  Course cut(shape, 8);
  std::filesystem::copy_file(run.folder / "checkpoint.safetensors", cut.folder / "checkpoint.safetensors");
  std::ofstream(cut.folder / "curve.jsonl") << "{\"step\": 1}\n";
  testing::expect_error(ErrorCode::corrupt, "curve.jsonl: line 1 is no point", [&] { cut.trainer.resume(cut.folder.path()); });
}

TEST(LmTrainer, TakesNoCurveThatIsNotOneOfItsSteps) {
  const std::string one = R"({"step": 1, "loss": 2.5, "perplexity": 12.2, "rate": 0.1, "gradient_length": 1.5})";
  const std::string two = R"({"step": 2, "loss": 2.0, "rate": 0.1, "gradient_length": 1.5, "held_out_loss": 2.25})";
  const std::vector<LmPoint> curve = parse_lm_curve(one + "\n" + two + "\nrubbish", 2, "c");
  ASSERT_EQ(curve.size(), 2U);
  EXPECT_EQ(curve[0], (LmPoint{1, 2.5, 0.1, 1.5, std::nullopt}));
  EXPECT_EQ(curve[1], (LmPoint{2, 2.0, 0.1, 1.5, 2.25}));
  const auto expect_refused = [](const std::string& text, const std::string& message) {
    testing::expect_error(ErrorCode::corrupt, message, [&] { (void)parse_lm_curve(text, 2, "c"); });
  };
  expect_refused("", "c: ends after 0 steps, its checkpoint has 2");
  expect_refused(one, "c: ends after 1 steps, its checkpoint has 2");
  expect_refused(one + "\n" + one, "c: line 2 is no point");
  expect_refused(two, "c: line 1 is no point");
  for (const char* line :
       {"", "{", "[]", "1", "null", "\xff", R"({"step": 1})", R"({"step": -1, "loss": 1, "rate": 1, "gradient_length": 1})",
        R"({"step": 1.0, "loss": 1, "rate": 1, "gradient_length": 1})", R"({"step": 1, "loss": "1", "rate": 1, "gradient_length": 1})",
        R"({"step": 1, "loss": 1e999, "rate": 1, "gradient_length": 1})"}) {
    expect_refused(std::string(line) + "\n", "c: line 1 is no point");
  }
}

TEST(LmTrainer, AccumulatesTheSameStepFromParts) {
  const LmShape shape = tiny_shape(LmObjective::causal, LmPositions::rope);
  Course whole(shape, 3), parts(shape, 3, [](LmTrainOptions&o) { o.accumulate = 5; });
  const std::vector<double> a = whole.steps(3), b = parts.steps(3);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(a[i], b[i], 1e-5 * a[i]);  // the same sums in another order
}

TEST(LmTrainer, LeavesTheModelAsItWasWhereAStepIsCancelled) {
  Course run(tiny_shape(LmObjective::causal, LmPositions::learned), 3);
  const std::vector<float> before = run.values();
  Context context(1);
  context.cancel.cancel();
  testing::expect_error(ErrorCode::cancelled, "cancelled", [&] { run.trainer.step(context); });
  EXPECT_EQ(run.values(), before);
  EXPECT_EQ(run.trainer.n_steps(), 0U);
}

TEST(TrainLm, WritesModelCurveAndCheckpoint) {
  Course run(tiny_shape(LmObjective::causal, LmPositions::alibi), 4);
  run.options.eval_every = 2;
  Context context(1);
  std::size_t n = 0;
  train_lm(
      run.trainer, run.options, run.folder.path(), [&](const LmPoint& point) { EXPECT_EQ(point.step, ++n); }, context);
  EXPECT_EQ(n, 4U);
  for (const char* name : {"config.json", "model.safetensors", "curve.jsonl", "checkpoint.safetensors"}) {
    EXPECT_TRUE(std::filesystem::exists(run.folder / name)) << name;
  }
  const std::string curve = read_file(run.folder / "curve.jsonl", 1 << 20);
  EXPECT_EQ(std::ranges::count(curve, '\n'), 4);
  EXPECT_NE(curve.find("\"held_out_perplexity\""), std::string::npos);
  EXPECT_FALSE(run.trainer.curve()[0].held_out_loss.has_value());
  EXPECT_TRUE(run.trainer.curve()[1].held_out_loss.has_value());
}

TEST(TrainLm, StopsAfterTheStepsOfOneCallAndGoesOn) {
  const LmShape shape = tiny_shape(LmObjective::causal, LmPositions::learned);
  Course whole(shape, 5), parts(shape, 5);
  Context context(1);
  train_lm(whole.trainer, whole.options, whole.folder.path(), {}, context);
  parts.options.stop_after = 2;
  for (const std::size_t done : {2U, 4U, 5U}) {
    train_lm(parts.trainer, parts.options, parts.folder.path(), {}, context);
    EXPECT_EQ(parts.trainer.n_steps(), done);
  }
  EXPECT_EQ(parts.values(), whole.values());
}

TEST(TrainLm, SavesWhatIsThereWhenItIsCancelled) {
  Course run(tiny_shape(LmObjective::causal, LmPositions::learned), 50);
  Context context(1);
  const auto stop_at_three = [&](const LmPoint& point) {
    if (point.step == 3) context.cancel.cancel();
  };
  testing::expect_error(ErrorCode::cancelled, "cancelled",
                        [&] { train_lm(run.trainer, run.options, run.folder.path(), stop_at_three, context); });
  Course later(tiny_shape(LmObjective::causal, LmPositions::learned), 50);
  later.trainer.resume(run.folder.path());
  EXPECT_EQ(later.trainer.n_steps(), 3U);
  EXPECT_EQ(later.values(), run.values());
}

TEST(TrainLm, TellsOfALossThatIsNoNumber) {
  Course run(tiny_shape(LmObjective::causal, LmPositions::learned), 50, [](LmTrainOptions& o) {
    o.schedule.rate = 10;
    o.schedule.warmup = 0;
    o.adam.clip = 0;
  });
  for (float& x : run.model.parameters().values()) x *= 1e18F;
  Context context(1);
  testing::expect_error(ErrorCode::invalid_argument, "a lower rate is wanted", [&] { run.trainer.step(context); });
}

TEST(LmTrainOptions, NameWhatIsOutOfRange) {
  const auto expect_refused = [](const char* message, const std::function<void(LmTrainOptions&)>& change) {
    LmTrainOptions o = options_for(tiny_shape(LmObjective::causal, LmPositions::learned), 10);
    change(o);
    testing::expect_error(ErrorCode::invalid_argument, message, [&] { check(o); });
  };
  expect_refused("texts a step", [](LmTrainOptions& o) { o.batch = 0; });
  expect_refused("more parts than", [](LmTrainOptions& o) { o.accumulate = 17; });
  expect_refused("dropout", [](LmTrainOptions& o) { o.dropout = 1; });
  expect_refused("the rate must be", [](LmTrainOptions& o) { o.schedule.rate = NAN; });
  expect_refused("warm-up", [](LmTrainOptions& o) { o.schedule.warmup = 11; });
}

}  // namespace
}  // namespace akin
