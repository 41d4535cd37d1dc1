#include "akin/nn/norm.h"

#include <gtest/gtest.h>

#include "akin/kernels/reference.h"
#include "nn_fixture.h"

namespace akin::nn {
namespace {

void expect_norm(const std::string& weight, const std::string& bias) {
  MemoryTensors file;
  const std::vector<float> gamma = file.add(weight, {6});
  const std::vector<float> beta = file.add(bias, {6});
  const Norm norm(file, "norm", 6, {.eps = 1e-5F});
  const Matrix<float> x = random_rows(2, 6, 9);
  Matrix<float> out(2, 6);
  norm.forward(x.view(), out.view());
  for (std::size_t r = 0; r < 2; ++r) {
    const std::vector<double> row(x.row(r).begin(), x.row(r).end());
    const auto want = kernels::reference::layer_norm(row, gamma, beta, 1e-5);
    for (std::size_t c = 0; c < 6; ++c) EXPECT_NEAR(out(r, c), want[c], 1e-5);  // float arithmetic on values up to 5
  }
}

TEST(LayerNorm, UsesWeightAndBias) { expect_norm("norm.weight", "norm.bias"); }

TEST(LayerNorm, KnowsTheOldNamesGammaAndBeta) { expect_norm("norm.gamma", "norm.beta"); }

}  // namespace
}  // namespace akin::nn
