#include "akin/nn/attention_training.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "gradient_check.h"
#include "nn_fixture.h"

namespace akin::nn {
namespace {

AttentionSpec spec_of(bool causal) {
  AttentionSpec spec;
  spec.n_heads = 4;
  spec.n_kv_heads = 2;
  spec.head_dim = 6;
  spec.scale = 1 / std::sqrt(6.0F);
  spec.causal = causal;
  return spec;
}

/// Two sequences of 5 and 3 rows of 8 numbers.
struct Case {
  AttentionSpec spec;
  Matrix<float> x = random_rows(8, 8, 1), qkv = random_rows(48, 8, 2), output = random_rows(8, 24, 3), d_out = random_rows(8, 8, 4);
  std::array<std::size_t, 3> starts = {0, 5, 8};
  RopeTable rope;
  std::array<const RopeTable*, 2> ropes = {&rope, &rope};
  kernels::Dropout dropout;
  AttentionTrainingBuffers scratch;
  Matrix<float> kept_qkv{8, 48}, kept_context{8, 24}, out{8, 8};

  explicit Case(bool causal) : spec(spec_of(causal)) {
    rope.prepare({.dim = 6}, 5);
    for (float& w : all(qkv)) w *= 0.3F;
  }
  [[nodiscard]] AttentionWeights weights() { return {{qkv.view()}, {output.view()}, &spec, {}}; }
  [[nodiscard]] AttentionBatch batch() const { return {{starts, ropes}, dropout, 0}; }
  [[nodiscard]] AttentionTape tape() { return {kept_qkv.view(), kept_context.view()}; }
  double value() {
    attention_forward(x.view(), weights(), batch(), scratch, tape(), out.view());
    return weighted_sum(out.view(), d_out.view());
  }
};

void expect_gradients(Case& c) {
  c.value();
  Matrix<float> d_context(8, 24), d_qkv(8, 48), d_x(8, 8), d_weight(48, 8), d_output(8, 24);
  attention_backward(c.d_out.view(), c.weights(), c.batch(), c.scratch, c.tape(), {d_context.view(), d_qkv.view(), d_x.view()});
  add_linear_piece(0, c.x.view(), d_qkv.view(), {d_weight.view()});
  add_linear_piece(0, c.kept_context.view(), c.d_out.view(), {d_output.view()});
  const auto value = [&] { return c.value(); };
  // Outputs of size 5: a sum of 64 has a rounding of 1e-5, over a width of 1/16 and with the differences' combination 3e-4.
  expect_gradient(all(c.x), all(d_x), value, 2e-3);
  expect_gradient(all(c.qkv), all(d_weight), value, 4e-3, 7);
  expect_gradient(all(c.output), all(d_output), value, 2e-3, 7);
}

TEST(AttentionTraining, GradientsAreTheSlopes) {
  Case causal(true), both_ways(false);
  expect_gradients(causal);
  expect_gradients(both_ways);
}

TEST(AttentionTraining, GradientsAreTheSlopesUnderDropout) {
  Case c(false);
  c.dropout = {0.3F, 11};
  expect_gradients(c);
}

TEST(AttentionTraining, GivesWhatAttentionGives) {
  Case c(true);
  MemoryTensors file;
  c.value();
  const auto add = [&](const char* name, MatrixView<const float> rows) {
    auto& values = const_cast<std::vector<float>&>(file.add(name, {rows.rows(), rows.cols()}));
    for (std::size_t r = 0; r < rows.rows(); ++r) std::copy_n(rows.row_data(r), rows.cols(), values.data() + r * rows.cols());
  };
  add("qkv.weight", c.qkv.view());
  add("output.weight", c.output.view());
  AttentionNames names;
  names.fused = "qkv";
  names.output = "output";
  const Attention attention(file, names, c.spec, 8, kernels::GemmType::f32);
  kernels::GemmRows rows;
  AttentionBuffers buffers;
  Matrix<float> out(8, 8);
  kernels::prepare_rows(c.x.view(), kernels::GemmType::f32, rows);
  attention.forward(rows, {c.starts, c.ropes}, buffers, out.view());
  for (std::size_t i = 0; i < out.size(); ++i) EXPECT_NEAR(out.data()[i], c.out.data()[i], 2e-5);  // f32 sums in another order
}

TEST(AttentionTraining, DropsTheSameWhereverABatchIsCut) {
  Case c(false);
  c.dropout = {0.5F, 12};
  c.value();
  const Matrix<float> whole = c.out.clone();
  const std::array<std::size_t, 2> second = {0, 3};
  attention_forward(c.x.view().middle_rows(5, 3), c.weights(), {{second, {c.ropes.data(), 1}}, c.dropout, 1}, c.scratch,
                    {c.kept_qkv.view().middle_rows(0, 3), c.kept_context.view().middle_rows(0, 3)}, c.out.view().middle_rows(0, 3));
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(c.out(r, i), whole(5 + r, i), 1e-5);
  }
}

}  // namespace
}  // namespace akin::nn
