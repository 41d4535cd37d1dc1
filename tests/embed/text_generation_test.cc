#include "akin/embed/text_generation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/throws.h"
#include "golden_files.h"

namespace akin {
namespace {

TEST(DrawToken, TakesTheLikeliestWithoutTemperature) {
  const std::vector<float> scores = {1, 3, 3, 2};
  for (const double random : {0.0, 0.5, 0.99}) EXPECT_EQ(draw_token(scores, {.temperature = 0}, random), 1);
}

TEST(DrawToken, FollowsTheProbabilities) {
  const std::vector<float> scores = {std::log(0.5F), std::log(0.3F), std::log(0.2F)};
  const GenerationOptions all{.temperature = 1, .top_k = 0};
  EXPECT_EQ(draw_token(scores, all, 0.0), 0);
  EXPECT_EQ(draw_token(scores, all, 0.49), 0);
  EXPECT_EQ(draw_token(scores, all, 0.51), 1);
  EXPECT_EQ(draw_token(scores, all, 0.79), 1);
  EXPECT_EQ(draw_token(scores, all, 0.81), 2);
  EXPECT_EQ(draw_token(scores, all, 0.999999), 2);
}

TEST(DrawToken, LeavesOutWhatIsCutByNumberOrShare) {
  const std::vector<float> scores = {std::log(0.2F), std::log(0.5F), std::log(0.3F)};
  EXPECT_EQ(draw_token(scores, {.temperature = 1, .top_k = 2}, 0.999), 2);
  EXPECT_EQ(draw_token(scores, {.temperature = 1, .top_k = 1}, 0.999), 1);
  EXPECT_EQ(draw_token(scores, {.temperature = 1, .top_k = 0, .top_p = 0.4}, 0.999), 1);
  EXPECT_EQ(draw_token(scores, {.temperature = 1, .top_k = 0, .top_p = 0.6}, 0.999), 2);
}

TEST(DrawToken, OfALowTemperatureIsSurer) {
  const std::vector<float> scores = {std::log(0.6F), std::log(0.4F)};
  EXPECT_EQ(draw_token(scores, {.temperature = 1}, 0.7), 1);
  EXPECT_EQ(draw_token(scores, {.temperature = 0.1}, 0.7), 0);
}

TEST(GenerateTokens, GivesTheSameForASeedAndEndsAtTheLimit) {
  Context context(2);
  context.seed = 7;
  const LanguageModel model = LanguageModel::load(golden::path("models/gpt2"), Precision::f32, context);
  std::vector<std::int32_t> seen;
  const GenerationOptions options{.n_tokens = 12, .temperature = 1};
  const auto first = generate_tokens(
      model, "The sea", options, [&](std::int32_t id) { seen.push_back(id); }, context);
  EXPECT_EQ(first, seen);
  EXPECT_LE(first.size(), 12U);
  EXPECT_EQ(first, generate_tokens(model, "The sea", options, {}, context));
  context.seed = 8;
  EXPECT_NE(first, generate_tokens(model, "The sea", options, {}, context));
}

TEST(GenerateTokens, WithoutTemperatureIsThePredictionsFirst) {
  Context context(1);
  const LanguageModel model = LanguageModel::load(golden::path("models/gpt2"), Precision::f32, context);
  const auto ids = generate_tokens(model, "The sea", {.n_tokens = 1, .temperature = 0}, {}, context);
  const std::int32_t likeliest = model.predict("The sea", 1, context)[0].top[0].id;
  EXPECT_TRUE(ids.empty() || ids[0] == likeliest);
}

TEST(GenerateTokens, RefusesMaskedModelsAndOptionsOutOfRange) {
  Context context(1);
  const LanguageModel masked = LanguageModel::load(golden::path("models/bert-mlm-f16"), Precision::f32, context);
  testing::expect_error(ErrorCode::unsupported, "fills gaps and does not continue a text",
                        [&] { generate_tokens(masked, "a", {}, {}, context); });
  testing::expect_error(ErrorCode::invalid_argument, "top-p", [] { check(GenerationOptions{.top_p = 0}); });
  testing::expect_error(ErrorCode::invalid_argument, "temperature", [] { check(GenerationOptions{.temperature = NAN}); });
  testing::expect_error(ErrorCode::invalid_argument, "at least one token", [] { check(GenerationOptions{.n_tokens = 0}); });
}

}  // namespace
}  // namespace akin
