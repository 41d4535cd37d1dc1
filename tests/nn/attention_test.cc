#include "akin/nn/attention.h"

#include <gtest/gtest.h>

#include <cmath>

#include "akin/kernels/reference.h"
#include "nn_fixture.h"

namespace akin::nn {
namespace {

constexpr std::size_t kDim = 16;
constexpr std::size_t kHeads = 2;

struct Fixture {
  MemoryTensors file;
  AttentionSpec spec{.n_heads = kHeads, .n_kv_heads = kHeads, .head_dim = kDim / kHeads, .scale = 0.35F};
  AttentionNames names{.query = "q", .key = "k", .value = "v", .output = "o"};
  Fixture() {
    for (const char* name : {"q", "k", "v", "o"}) {
      file.add(std::string(name) + ".weight", {kDim, kDim});
      file.add(std::string(name) + ".bias", {kDim});
    }
  }
  Matrix<float> linear(const std::string& name, MatrixView<const float> x) const {
    Matrix<float> out(x.rows(), kDim);
    std::vector<float> w(kDim * kDim);
    std::vector<float> bias(kDim);
    for (std::size_t r = 0; r < kDim; ++r) file.find(name + ".weight")->row_to_float(r, std::span(w).subspan(r * kDim, kDim));
    file.find(name + ".bias")->row_to_float(0, bias);
    for (std::size_t r = 0; r < x.rows(); ++r) {
      for (std::size_t c = 0; c < kDim; ++c) out(r, c) = static_cast<float>(product(x.row(r), w, c, bias[c]));
    }
    return out;
  }
};

TEST(Attention, EqualsTheFourProductsAndThePlainAttentionSequenceBySequence) {
  const Fixture fixture;
  const Attention attention(fixture.file, fixture.names, fixture.spec, kDim, kernels::GemmType::f32);
  const Matrix<float> x = random_rows(9, kDim, 3);
  const std::vector<std::size_t> starts = {0, 4, 9};
  kernels::GemmRows rows;
  kernels::prepare_rows(x.view(), kernels::GemmType::f32, rows);
  AttentionBuffers buffers;
  Matrix<float> out(9, kDim);
  attention.forward(rows, {starts}, buffers, out.view());

  kernels::AttentionOptions options;
  options.n_heads = options.n_kv_heads = kHeads;
  options.head_dim = kDim / kHeads;
  options.scale = fixture.spec.scale;
  for (std::size_t s = 0; s < 2; ++s) {
    const auto part = x.view().middle_rows(starts[s], starts[s + 1] - starts[s]);
    const Matrix<float> q = fixture.linear("q", part);
    const Matrix<float> k = fixture.linear("k", part);
    const Matrix<float> v = fixture.linear("v", part);
    const Matrix<double> context = kernels::reference::attention(q.view(), k.view(), v.view(), options);
    Matrix<float> rounded(part.rows(), kDim);
    for (std::size_t i = 0; i < context.size(); ++i) rounded.data()[i] = static_cast<float>(context.data()[i]);
    const Matrix<float> want = fixture.linear("o", rounded.view());
    for (std::size_t r = 0; r < part.rows(); ++r) {
      // float products of 16 terms of size about 1, twice: 1e-5 relative to values up to 30
      for (std::size_t c = 0; c < kDim; ++c) EXPECT_NEAR(out(starts[s] + r, c), want(r, c), 3e-4);
    }
  }
}

TEST(Attention, RefusesAWeightOfAnotherShape) {
  Fixture fixture;
  fixture.spec.n_heads = 3;
  EXPECT_THROW(Attention(fixture.file, fixture.names, fixture.spec, kDim, kernels::GemmType::f32), Error);
}

}  // namespace
}  // namespace akin::nn
