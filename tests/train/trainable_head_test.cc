#include "akin/train/trainable_head.h"

#include <gtest/gtest.h>

#include <cmath>

#include "akin/formats/safetensors.h"
#include "akin/model/head.h"
#include "base/throws.h"
#include "lm_fixture.h"
#include "nn/gradient_check.h"

namespace akin {
namespace {

struct Case {
  LmModel model;
  Matrix<float> hidden{9, 16}, d_hidden{9, 16};
  std::vector<std::size_t> rows = {0, 2, 3, 8};
  std::vector<std::int32_t> ids = {7, 0, 49, 7};
  Context context{1};

  explicit Case(const LmShape& shape) : model(shape, 1) {
    Rng rng(6);
    for (const Parameter& p : model.parameters().list()) {
      for (float& x : model.parameters().values_of(p)) x += 0.3F * rng.normal();
    }
    for (float& x : nn::all(hidden)) x = rng.normal();
  }
  double loss() { return model.head().loss(hidden.view(), {rows, ids}, model.parameters().values(), context); }
};

std::vector<LmShape> head_shapes() {
  LmShape untied = tiny_shape(LmObjective::causal, LmPositions::learned);
  untied.is_tied = false;
  return {tiny_shape(LmObjective::causal, LmPositions::learned), untied, tiny_shape(LmObjective::masked, LmPositions::learned),
          tiny_shape(LmObjective::masked, LmPositions::rope)};
}

TEST(TrainableHead, LossIsThatOfLanguageHeadsScores) {
  for (const LmShape& shape : head_shapes()) {
    Case c(shape);
    const TestFolder folder;
    c.model.write(folder.path());
    const auto file = open_safetensors(folder.path());
    const LanguageHead head(*file, c.model.description());
    double want = 0;
    for (std::size_t i = 0; i < c.rows.size(); ++i) {
      std::vector<float> scores(50);
      head.forward(c.hidden.row(c.rows[i]), scores, c.context);
      double sum = 0;
      for (const float score : scores) sum += std::exp(static_cast<double>(score));
      want += std::log(sum) - static_cast<double>(scores[static_cast<std::size_t>(c.ids[i])]);
    }
    EXPECT_NEAR(c.loss(), want, 1e-5 * want) << name_of(shape);  // f32 scores
  }
}

TEST(TrainableHead, GradientsAreTheSlopes) {
  for (const LmShape& shape : head_shapes()) {
    Case c(shape);
    std::vector<float> gradients(c.model.parameters().size());
    const double loss = c.model.head().backward(c.hidden.view(), {c.rows, c.ids}, c.model.parameters().values(),
                                                {c.d_hidden.view(), gradients, 0.5F}, c.context);
    EXPECT_NEAR(loss, c.loss(), 1e-9 * loss);
    const auto value = [&] { return 0.5 * c.loss(); };
    nn::expect_gradient(nn::all(c.hidden), {c.d_hidden.data(), c.d_hidden.size()}, value, 2e-3);  // f32 scores of size 3
    for (const Parameter& p : c.model.parameters().list()) {
      const std::span<float> numbers = c.model.parameters().values_of(p);
      nn::expect_gradient(numbers, std::span(gradients).subspan(p.offset, numbers.size()), value, 2e-3,
                          std::max<std::size_t>(1, numbers.size() / 10));
      ASSERT_FALSE(::testing::Test::HasFatalFailure()) << name_of(shape) << " " << p.name;
    }
  }
}

TEST(TrainableHead, RefusesTargetsOutsideTheVocabularyOrTheRows) {
  Case c(tiny_shape(LmObjective::causal, LmPositions::learned));
  c.ids[1] = 50;
  testing::expect_error(ErrorCode::invalid_argument, "a target is outside the vocabulary", [&] { c.loss(); });
  c.ids[1] = 5;
  c.rows[3] = 9;
  testing::expect_error(ErrorCode::invalid_argument, "a target lies outside the hidden states", [&] { c.loss(); });
}

}  // namespace
}  // namespace akin
