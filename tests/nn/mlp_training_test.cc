#include "akin/nn/mlp_training.h"

#include <gtest/gtest.h>

#include "gradient_check.h"
#include "nn_fixture.h"

namespace akin::nn {
namespace {

/// Rows of 8 numbers through an inner part of 12, plain or gated.
struct TrainingCase {
  MlpSpec spec;
  Matrix<float> x = random_rows(4, 8, 1), up, down = random_rows(8, 12, 3), d_out = random_rows(4, 8, 4);
  std::vector<float> up_bias;
  Matrix<float> inner, activated{4, 12}, out{4, 8};

  explicit TrainingCase(bool gated)
      : spec{.dim = 12, .activation = gated ? kernels::Activation::silu : kernels::Activation::gelu, .gated = gated},
        up(random_rows(gated ? 24 : 12, 8, 2)),
        up_bias(gated ? 24 : 12, 0.25F),
        inner(4, gated ? 24 : 12) {
    for (float& w : all(up)) w *= 0.3F;
  }
  [[nodiscard]] MlpWeights weights() { return {{up.view(), up_bias}, {down.view()}, spec}; }
  [[nodiscard]] MlpTape tape() { return {inner.view(), activated.view()}; }
  double value() {
    mlp_forward(x.view(), weights(), tape(), out.view());
    return weighted_sum(out.view(), d_out.view());
  }
};

TEST(MlpTraining, GradientsAreTheSlopes) {
  for (const bool gated : {false, true}) {
    TrainingCase c(gated);
    c.value();
    Matrix<float> d_inner(4, c.up.rows()), d_x(4, 8), d_up(c.up.rows(), 8), d_down(8, 12);
    std::vector<float> d_bias(c.up.rows());
    mlp_backward(c.d_out.view(), c.weights(), c.tape(), d_inner.view(), d_x.view());
    add_linear_piece(0, c.x.view(), d_inner.view(), {d_up.view(), d_bias});
    add_linear_piece(0, c.activated.view(), c.d_out.view(), {d_down.view()});
    const auto value = [&] { return c.value(); };
    // A sum of size 30 has a rounding of 4e-6, over a width of 1/16.
    expect_gradient(all(c.x), all(d_x), value, 1e-3);
    expect_gradient(all(c.up), all(d_up), value, 1e-3);
    expect_gradient(c.up_bias, d_bias, value, 1e-3);
    expect_gradient(all(c.down), all(d_down), value, 1e-3);
  }
}

TEST(MlpTraining, GivesWhatMlpGives) {
  for (const bool gated : {false, true}) {
    TrainingCase c(gated);
    c.value();
    MemoryTensors file;
    const auto add = [&](const char* name, const float* from, std::vector<std::size_t> shape) {
      auto& values = const_cast<std::vector<float>&>(file.add(name, std::move(shape)));
      std::copy_n(from, values.size(), values.data());
    };
    add("up.weight", c.up.data(), {c.up.rows(), 8});
    add("up.bias", c.up_bias.data(), {c.up.rows()});
    add("down.weight", c.down.data(), {8, 12});
    MlpNames names;
    (gated ? names.fused : names.up) = "up";
    names.down = "down";
    const Mlp mlp(file, names, c.spec, 8, kernels::GemmType::f32);
    kernels::GemmRows rows;
    MlpBuffers buffers;
    kernels::prepare_rows(c.x.view(), kernels::GemmType::f32, rows);
    Matrix<float> out(4, 8);
    mlp.forward(rows, buffers, out.view());
    for (std::size_t i = 0; i < out.size(); ++i) EXPECT_NEAR(out.data()[i], c.out.data()[i], 1e-5) << gated;  // f32 sums in another order
  }
}

}  // namespace
}  // namespace akin::nn
