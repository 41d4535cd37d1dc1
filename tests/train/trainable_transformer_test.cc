#include "akin/train/trainable_transformer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "akin/formats/safetensors.h"
#include "akin/model/transformer.h"
#include "base/throws.h"
#include "lm_fixture.h"
#include "nn/gradient_check.h"

namespace akin {
namespace {

/// Sequences of 5, 0, 12 and 3 tokens.
struct Batch {
  std::vector<std::int32_t> ids, types;
  std::vector<std::size_t> starts = {0, 5, 5, 17, 20};

  Batch() {
    Rng rng(3);
    for (std::size_t i = 0; i < 20; ++i) {
      ids.push_back(static_cast<std::int32_t>(rng.below(50)));
      types.push_back(i % 3 == 0 ? 1 : 0);
    }
  }
  [[nodiscard]] TokenBatch view(const TransformerSpec& spec) const {
    return {ids, spec.n_token_types > 0 ? std::span<const std::int32_t>(types) : std::span<const std::int32_t>(), starts};
  }
};

/// Numbers large enough that every part has a say.
void shake(LmModel& model) {
  Rng rng(8);
  for (const Parameter& p : model.parameters().list()) {
    for (float& x : model.parameters().values_of(p)) x += 0.2F * rng.normal();
  }
}

Matrix<float> some_rows(std::size_t rows, std::size_t cols) {
  Matrix<float> m(rows, cols);
  Rng rng(4);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = rng.normal();
  return m;
}

/// What backward() says of the weighted sum of the hidden states.
std::vector<float> gradients_of(LmModel& model, const Batch& batch, const Matrix<float>& weights, const DropoutRates& dropout,
                                int threads) {
  Context context(threads);
  ActivationTape tape;
  std::vector<float> gradients(model.parameters().size());
  const TokenBatch view = batch.view(model.description().spec);
  model.transformer().forward(view, model.parameters().values(), dropout, tape, context);
  model.transformer().backward(view, model.parameters().values(), weights.view(), tape, gradients, context);
  return gradients;
}

TEST(TrainableTransformer, GivesTheHiddenStatesOfTransformer) {
  for (const LmShape& shape : every_shape()) {
    LmModel model(shape, 1);
    shake(model);
    const TestFolder folder;
    model.write(folder.path());
    Context context(1);
    const auto file = open_safetensors(folder.path());
    const Transformer transformer(*file, model.description(), kernels::GemmType::f32, context);
    const Batch batch;
    const TokenBatch view = batch.view(model.description().spec);
    Matrix<float> want(20, 16);
    TransformerBuffers buffers;
    transformer.forward(view, buffers, want.view());
    ActivationTape tape;
    const MatrixView<const float> got = model.transformer().forward(view, model.parameters().values(), {}, tape, context);
    for (std::size_t r = 0; r < 20; ++r) {
      for (std::size_t c = 0; c < 16; ++c) ASSERT_NEAR(got(r, c), want(r, c), 2e-5F) << name_of(shape);  // f32 sums in another order
    }
  }
}

TEST(TrainableTransformer, GradientsAreTheSlopesInEveryFamily) {
  for (const LmShape& shape : every_shape()) {
    for (const float p : {0.0F, 0.25F}) {
      LmModel model(shape, 1);
      shake(model);
      const Batch batch;
      const Matrix<float> weights = some_rows(20, 16);
      const DropoutRates dropout{p, p, 99};
      const std::vector<float> gradients = gradients_of(model, batch, weights, dropout, 1);
      Context context(1);
      ActivationTape tape;
      const auto value = [&] {
        return nn::weighted_sum(
            model.transformer().forward(batch.view(model.description().spec), model.parameters().values(), dropout, tape, context),
            weights.view());
      };
      for (const Parameter& parameter : model.parameters().list()) {
        const std::span<float> numbers = model.parameters().values_of(parameter);
        const std::size_t step = std::max<std::size_t>(1, numbers.size() / 6);
        double size = 0;
        for (std::size_t i = 0; i < numbers.size(); ++i)
          size = std::max(size, std::abs(static_cast<double>(gradients[parameter.offset + i])));
        // Differences of f32 passes: 1e-5 of a sum over a width of 1/32, and curvature where gradients are large.
        nn::expect_gradient(numbers, std::span(gradients).subspan(parameter.offset, numbers.size()), value, 5e-3 + 1e-2 * size, step);
        ASSERT_FALSE(::testing::Test::HasFatalFailure()) << name_of(shape) << " " << parameter.name << " dropout " << p;
      }
    }
  }
}

TEST(TrainableTransformer, GivesTheSameBitsOnAnyNumberOfThreads) {
  for (const LmShape& shape : every_shape()) {
    LmModel model(shape, 1);
    Batch long_batch;
    long_batch.ids.clear();
    long_batch.types.clear();
    long_batch.starts = {0};
    for (std::size_t s = 0; s < 70; ++s) {  // several pieces of 256 rows
      for (std::size_t i = 0; i < 11; ++i) {
        long_batch.ids.push_back(static_cast<std::int32_t>((s * 7 + i * i) % 50));
        long_batch.types.push_back(0);
      }
      long_batch.starts.push_back(long_batch.ids.size());
    }
    const Matrix<float> weights = some_rows(long_batch.ids.size(), 16);
    const DropoutRates dropout{0.1F, 0.1F, 5};
    const std::vector<float> one = gradients_of(model, long_batch, weights, dropout, 1);
    EXPECT_EQ(one, gradients_of(model, long_batch, weights, dropout, 2)) << name_of(shape);
    EXPECT_EQ(one, gradients_of(model, long_batch, weights, dropout, 5)) << name_of(shape);
  }
}

TEST(TrainableTransformer, AddsToTheGradientsThatAreThere) {
  LmModel model(tiny_shape(LmObjective::causal, LmPositions::learned), 1);
  const Batch batch;
  const Matrix<float> weights = some_rows(20, 16);
  const std::vector<float> once = gradients_of(model, batch, weights, {}, 1);
  Context context(1);
  ActivationTape tape;
  std::vector<float> twice(model.parameters().size());
  for (int i = 0; i < 2; ++i) {
    model.transformer().forward(batch.view(model.description().spec), model.parameters().values(), {}, tape, context);
    model.transformer().backward(batch.view(model.description().spec), model.parameters().values(), weights.view(), tape, twice, context);
  }
  for (std::size_t i = 0; i < once.size(); ++i) ASSERT_NEAR(twice[i], 2 * once[i], 1e-5F + 1e-5F * std::abs(once[i]));
}

TEST(TrainableTransformer, RefusesIdsAndLengthsThatItDoesNotHave) {
  LmModel model(tiny_shape(LmObjective::causal, LmPositions::learned), 1);
  Context context(1);
  ActivationTape tape;
  const std::vector<std::int32_t> wrong = {1, 50}, many(13, 1);
  const std::vector<std::size_t> two = {0, 2}, thirteen = {0, 13};
  const auto run = [&](std::span<const std::int32_t> ids, std::span<const std::size_t> starts) {
    model.transformer().forward({ids, {}, starts}, model.parameters().values(), {}, tape, context);
  };
  testing::expect_error(ErrorCode::invalid_argument, "token id 50 is outside the vocabulary of 50", [&] { run(wrong, two); });
  testing::expect_error(ErrorCode::invalid_argument, "a text of 13 tokens is longer than the model's 12", [&] { run(many, thirteen); });
}

TEST(TrainableTransformer, RefusesWhatHasNoBackwardPass) {
  ModelDescription model = LmModel(tiny_shape(LmObjective::causal, LmPositions::rope), 1).description();
  model.spec.attention.head_norm = model.spec.norm;
  Parameters parameters;
  testing::expect_error(ErrorCode::unsupported, "a llama model cannot be trained: the norm of heads has no backward pass", [&] {
    TrainableTransformer(
        model, [](const std::string&) { return false; }, parameters);
  });
}

}  // namespace
}  // namespace akin
