#include "sentence_steps.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "akin/formats/safetensors.h"
#include "golden_files.h"

namespace akin {
namespace {

Matrix<float> rows(std::initializer_list<std::initializer_list<float>> values) {
  Matrix<float> matrix(values.size(), values.begin()->size());
  std::size_t r = 0;
  for (const auto& row : values) std::ranges::copy(row, matrix.row(r++).begin());
  return matrix;
}

double length_of(std::span<const float> row) {
  double sum = 0;
  for (const float x : row) sum += static_cast<double>(x) * static_cast<double>(x);
  return std::sqrt(sum);
}

TEST(SentenceSteps, WithoutStepsGiveWhatTheyGot) {
  const Matrix<float> out = SentenceSteps({}, 0, false).forward(rows({{3, 4}, {0, -1}}));
  EXPECT_EQ(out(0, 1), 4);
  EXPECT_EQ(out(1, 1), -1);
}

TEST(SentenceSteps, NormalizeMakesUnitLengthAndLeavesAZeroVectorZero) {
  const std::vector<StepSpec> steps = {NormalizeStep{}};
  const Matrix<float> out = SentenceSteps(steps, 0, false).forward(rows({{3, 4}, {0, 0}}));
  EXPECT_FLOAT_EQ(out(0, 0), 0.6F);
  EXPECT_FLOAT_EQ(out(0, 1), 0.8F);
  EXPECT_EQ(length_of(out.row(1)), 0);
}

TEST(SentenceSteps, KeepTheLengthThatWasPooledWhenAsked) {
  const std::vector<StepSpec> steps = {NormalizeStep{}};
  const Matrix<float> out = SentenceSteps(steps, 2, true).forward(rows({{3, 4, 7}}), VectorLength::pooled);
  ASSERT_EQ(out.cols(), 2U);
  EXPECT_EQ(out(0, 0), 3);
  EXPECT_EQ(out(0, 1), 4);
}

TEST(SentenceSteps, CutAfterTheModelsOwnStepsAndNormalizeAgainWhenAsked) {
  const std::vector<StepSpec> steps = {NormalizeStep{}};
  const Matrix<float> cut = SentenceSteps(steps, 2, false).forward(rows({{1, 2, 2}}));
  ASSERT_EQ(cut.cols(), 2U);
  EXPECT_FLOAT_EQ(cut(0, 0), 1.0F / 3);  // the length of all three, not of the two kept
  const Matrix<float> unit = SentenceSteps(steps, 2, true).forward(rows({{1, 2, 2}}));
  EXPECT_NEAR(length_of(unit.row(0)), 1, 1e-6);  // float rounding of two numbers
  EXPECT_FLOAT_EQ(unit(0, 1) / unit(0, 0), 2);
}

TEST(SentenceSteps, CutBehindALayerNormWithoutWeightsWhereTheModelWantsIt) {
  const std::vector<StepSpec> steps = {NormalizeStep{}};
  const Matrix<float> cut = SentenceSteps(steps, 2, false, true).forward(rows({{1, 2, 6}}));
  ASSERT_EQ(cut.cols(), 2U);  // centred: −2, −1, 3; their ratio stays, their length does not
  EXPECT_FLOAT_EQ(cut(0, 0) / cut(0, 1), 2);
  EXPECT_LT(cut(0, 0), 0);
  EXPECT_NEAR(length_of(cut.row(0)), 1, 1e-6);
  const Matrix<float> whole = SentenceSteps(steps, 0, false, true).forward(rows({{1, 2, 2}}));
  EXPECT_FLOAT_EQ(whole(0, 0), 1.0F / 3);  // no cut asked for: the model's own steps
}

TEST(SentenceSteps, RunDenseInTheOrderOfTheModelAndRowByRow) {
  const auto file = open_safetensors(golden::path("sentence-transformers/dense-tanh/2_Dense"));
  const std::vector<StepSpec> steps = {DenseStep{file.get(), "linear", 32, 20, kernels::Activation::tanh}, NormalizeStep{}};
  const SentenceSteps chain(steps, 0, false);
  Matrix<float> pooled(3, 32);
  for (std::size_t i = 0; i < pooled.size(); ++i) pooled.data()[i] = std::sin(static_cast<float>(i));
  const Matrix<float> together = chain.forward(pooled.clone());
  ASSERT_EQ(together.cols(), 20U);
  std::vector<float> weight(32);
  double bias = 0;
  std::vector<float> biases(20);
  file->find("linear.bias")->row_to_float(0, biases);
  std::vector<double> wanted(20);
  double sum = 0;
  for (std::size_t o = 0; o < wanted.size(); ++o) {
    file->find("linear.weight")->row_to_float(o, weight);
    bias = static_cast<double>(biases[o]);
    for (std::size_t c = 0; c < weight.size(); ++c) bias += static_cast<double>(weight[c]) * static_cast<double>(pooled(1, c));
    wanted[o] = std::tanh(bias);
    sum += wanted[o] * wanted[o];
  }
  // 32 products in float instead of double: a few units of 2^-24 on numbers below 1.
  for (std::size_t o = 0; o < wanted.size(); ++o) EXPECT_NEAR(static_cast<double>(together(1, o)), wanted[o] / std::sqrt(sum), 2e-6);
  Matrix<float> one(1, 32);
  std::ranges::copy(pooled.row(1), one.row(0).begin());
  const Matrix<float> alone = chain.forward(std::move(one));
  EXPECT_EQ(std::memcmp(alone.row(0).data(), together.row(1).data(), 20 * sizeof(float)), 0);
}

}  // namespace
}  // namespace akin
