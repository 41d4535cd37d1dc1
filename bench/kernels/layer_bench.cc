// A whole encoder layer of all-MiniLM-L6-v2 as the model runs it: texts of `n` tokens, about 128 tokens at a time.
// FLOP/s counts the products with weights and the two of attention; texts/s is for the six layers.
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/attention.h"
#include "akin/kernels/gemm.h"

namespace akin::kernels {
namespace {

Matrix<float> random(std::size_t rows, std::size_t cols, float scale) {
  Matrix<float> m(rows, cols);
  Rng rng(rows * cols);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = rng.normal() * scale;
  return m;
}

PackedMatrix random_weight(std::size_t n_out, std::size_t n_in, GemmType type) {
  const Matrix<float> bias = random(1, n_out, 0.1F);
  return PackedMatrix::pack(random(n_out, n_in, 0.05F).view(), bias.row(0), type);
}

struct Layer {
  explicit Layer(GemmType t)
      : type(t),
        qkv(random_weight(1152, 384, t)),
        output(random_weight(384, 384, t)),
        up(random_weight(1536, 384, t)),
        down(random_weight(384, 1536, t)) {}
  GemmType type;
  PackedMatrix qkv, output, up, down;
  std::vector<float> gamma = std::vector<float>(384, 1.0F), beta = std::vector<float>(384, 0.0F);
};

void encoder_layer(benchmark::State& state) {
  const Layer layer(static_cast<GemmType>(state.range(0)));
  const auto n = static_cast<std::size_t>(state.range(1));
  const std::size_t n_texts = std::max<std::size_t>(1, static_cast<std::size_t>(state.range(2)) / n), rows = n * n_texts;
  Matrix<float> hidden = random(rows, 384, 1.0F), qkv(rows, 1152), context(rows, 384), product(rows, 384);
  AttentionOptions options;
  options.n_heads = options.n_kv_heads = 12;
  options.head_dim = 32;
  options.scale = 1 / std::sqrt(32.0F);
  options.type = layer.type == GemmType::f32 ? AttentionType::f32 : AttentionType::bf16;
  AttentionScratch scratch;
  GemmRows in, middle, inner;
  prepare_rows(hidden.view(), layer.type, in);
  for (auto _ : state) {
    gemm(in, layer.qkv, Activation::none, qkv.view());
    for (std::size_t t = 0; t < n_texts; ++t) {
      const MatrixView<const float> text = std::as_const(qkv).view().middle_rows(t * n, n);
      attention(text.middle_cols(0, 384), text.middle_cols(384, 384), text.middle_cols(768, 384), options, scratch,
                context.view().middle_rows(t * n, n));
    }
    prepare_rows(context.view(), layer.type, middle);
    gemm(middle, layer.output, Activation::none, product.view());
    add_layer_norm(product.view(), hidden.view(), layer.gamma, layer.beta, 1e-12F, hidden.view(), layer.type, in);
    gemm_to_rows(in, layer.up, Activation::gelu, inner);
    gemm(inner, layer.down, Activation::none, product.view());
    add_layer_norm(product.view(), hidden.view(), layer.gamma, layer.beta, 1e-12F, hidden.view(), layer.type, in);
  }
  const double flop = 2.0 * static_cast<double>(rows) * 1769472 + 4.0 * static_cast<double>(n * n * n_texts) * 384;
  state.counters["FLOP/s"] = benchmark::Counter(flop, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["texts/s"] = benchmark::Counter(static_cast<double>(n_texts) / 6, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(encoder_layer)
    ->ArgNames({"type", "tokens", "rows"})
    ->ArgsProduct({{0, 1, 2}, {16}, {16, 32, 64, 128, 256}})
    ->ArgsProduct({{0, 1, 2}, {128}, {128, 256, 512}})
    ->ArgsProduct({{0, 1, 2}, {512}, {512}});

}  // namespace
}  // namespace akin::kernels
