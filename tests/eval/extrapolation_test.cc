#include "akin/eval/extrapolation.h"

#include <gtest/gtest.h>

#include "akin/base/rng.h"
#include "base/throws.h"
#include "golden_files.h"

namespace akin {
namespace {

using akin::testing::expect_error;

LanguageModel load(const std::string& name) {
  Context context(1);
  return LanguageModel::load(golden::path("models/" + name), Precision::f32, context);
}

std::vector<std::int32_t> some_ids(const LanguageModel& model, std::size_t n) {
  std::vector<std::int32_t> ids;
  Rng rng(3);
  for (std::size_t i = 0; i < n; ++i) ids.push_back(static_cast<std::int32_t>(rng.below(model.vocabulary_size())));
  return ids;
}

TEST(Extrapolation, MeasuresEachTokenWithAllBeforeItAndWithATrainingLengthOfThem) {
  const LanguageModel model = load("bloom");
  const std::vector<std::int32_t> ids = some_ids(model, 20);
  Context context(2);
  const ExtrapolationReport report = evaluate_extrapolation(model, ids, {.trained = 6, .length = 20}, context);
  EXPECT_EQ(report.n_windows, 1U);
  EXPECT_EQ(report.loss, model.losses(ids, context));
  ASSERT_EQ(report.short_loss.size(), 19U);
  for (std::size_t i = 0; i < 19; ++i) {
    // Token i + 1 is the last but `left` of a window of 6 tokens that begins at a multiple of 3.
    const std::size_t begin = i < 5 ? 0 : (i + 1) / 3 * 3 - 3;
    const std::span<const std::int32_t> window = std::span(ids).subspan(begin, i + 2 - begin);
    EXPECT_LE(window.size(), 6U);
    EXPECT_DOUBLE_EQ(report.short_loss[i], model.losses(window, context).back()) << i;
  }
}

TEST(Extrapolation, IsTheMeanOverWindowsWhateverTheThreads) {
  const LanguageModel model = load("llama");
  const std::vector<std::int32_t> ids = some_ids(model, 70);
  Context one(1), three(3);
  const ExtrapolationOptions options{.trained = 8, .length = 20};
  const ExtrapolationReport report = evaluate_extrapolation(model, ids, options, one);
  EXPECT_EQ(report.n_windows, 3U);
  EXPECT_EQ(report.loss, evaluate_extrapolation(model, ids, options, three).loss);
  EXPECT_EQ(report.short_loss, evaluate_extrapolation(model, ids, options, three).short_loss);
  double first = 0;
  for (std::size_t w = 0; w < 3; ++w) first += model.losses(std::span(ids).subspan(20 * w, 20), one).front();
  EXPECT_DOUBLE_EQ(report.loss.front(), first / 3);
}

TEST(Extrapolation, TakesFourTrainingLengthsUnlessTheTableEndsBefore) {
  const LanguageModel llama = load("llama"), gpt2 = load("gpt2");
  Context context(2);
  const std::vector<std::int32_t> ids = some_ids(gpt2, gpt2.position_limit());
  EXPECT_EQ(evaluate_extrapolation(llama, ids, {.trained = 8}, context).length, 32U);
  const std::size_t trained = gpt2.position_limit() / 2;
  EXPECT_EQ(evaluate_extrapolation(gpt2, ids, {.trained = trained}, context).length, gpt2.position_limit());
}

TEST(Extrapolation, MeanIsThatOfTheTokensThatAreThere) {
  const std::vector<double> losses = {1, 2, 6};
  EXPECT_EQ(ExtrapolationReport::mean(losses, 1, 3), 4);
  EXPECT_EQ(ExtrapolationReport::mean(losses, 2, 9), 6);
  EXPECT_EQ(ExtrapolationReport::mean(losses, 5, 9), 0);
}

TEST(Extrapolation, SaysWhyItCannotBeMeasured) {
  const LanguageModel gpt2 = load("gpt2"), llama = load("llama");
  Context context(1);
  const std::vector<std::int32_t> ids = some_ids(llama, 30);
  const auto refused = [&](const LanguageModel& model, const ExtrapolationOptions& options, const char* why) {
    expect_error(ErrorCode::invalid_argument, why, [&] { (void)evaluate_extrapolation(model, ids, options, context); });
  };
  refused(llama, {.trained = 8, .length = 31}, "the text has 30 tokens, a window of 31 is wanted");
  refused(llama, {.trained = 8, .length = 8}, "not beyond its training");
  refused(llama, {.trained = 3, .length = 8}, "at least 4 tokens");
  refused(gpt2, {}, "not beyond its training");
  refused(gpt2, {.trained = 8, .length = gpt2.position_limit() + 1}, "more than it can run");
  const LanguageModel masked = load("bert-mlm-f16");
  expect_error(ErrorCode::unsupported, "masked model",
               [&] { (void)evaluate_extrapolation(masked, ids, {.trained = 8, .length = 20}, context); });
  context.cancel.cancel();
  expect_error(ErrorCode::cancelled, "", [&] { (void)evaluate_extrapolation(llama, ids, {.trained = 8, .length = 20}, context); });
}

}  // namespace
}  // namespace akin
