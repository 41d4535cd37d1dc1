#include "akin/nn/mlp.h"

#include <gtest/gtest.h>

#include "akin/kernels/reference.h"
#include "nn_fixture.h"

namespace akin::nn {
namespace {

TEST(Mlp, IsDownOfActivationOfUp) {
  MemoryTensors file;
  const std::vector<float> up = file.add("up.weight", {12, 8});
  const std::vector<float> up_bias = file.add("up.bias", {12});
  const std::vector<float> down = file.add("down.weight", {8, 12});
  const std::vector<float> down_bias = file.add("down.bias", {8});
  const Mlp mlp(file, {"up", "down"}, {.dim = 12, .activation = kernels::Activation::gelu}, 8, kernels::GemmType::f32);
  const Matrix<float> x = random_rows(4, 8, 5);
  kernels::GemmRows rows;
  MlpBuffers buffers;
  kernels::prepare_rows(x.view(), kernels::GemmType::f32, rows);
  Matrix<float> out(4, 8);
  mlp.forward(rows, buffers, out.view());
  for (std::size_t r = 0; r < 4; ++r) {
    std::vector<float> hidden(12);
    for (std::size_t c = 0; c < 12; ++c) {
      hidden[c] = static_cast<float>(kernels::reference::activate(kernels::Activation::gelu, product(x.row(r), up, c, up_bias[c])));
    }
    for (std::size_t c = 0; c < 8; ++c)
      EXPECT_NEAR(out(r, c), product(hidden, down, c, down_bias[c]), 3e-5);  // float sums of 12 terms up to 10
  }
}

}  // namespace
}  // namespace akin::nn
