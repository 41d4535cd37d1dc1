#include "akin/nn/dense.h"

#include <gtest/gtest.h>

#include <cmath>

#include "nn_fixture.h"

namespace akin::nn {
namespace {

TEST(Dense, IsTheProductPlusBiasThroughTheActivation) {
  MemoryTensors file;
  const std::vector<float> w = file.add("linear.weight", {5, 8});
  const std::vector<float> b = file.add("linear.bias", {5});
  const Dense dense(file, "linear", 8, 5, kernels::Activation::tanh);
  const Matrix<float> x = random_rows(3, 8, 1);
  const Matrix<float> out = dense.forward(x.view());
  ASSERT_EQ(out.cols(), 5U);
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t c = 0; c < 5; ++c) EXPECT_NEAR(out(r, c), std::tanh(product(x.row(r), w, c, b[c])), 1e-5);  // float sums of 8 terms
  }
}

TEST(Dense, WorksWithoutABias) {
  MemoryTensors file;
  const std::vector<float> w = file.add("linear.weight", {4, 8});
  const Dense dense(file, "linear", 8, 4, kernels::Activation::none);
  const Matrix<float> x = random_rows(1, 8, 2);
  EXPECT_NEAR(dense.forward(x.view())(0, 3), product(x.row(0), w, 3, 0), 1e-5);
}

}  // namespace
}  // namespace akin::nn
