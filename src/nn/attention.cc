#include "akin/nn/attention.h"

#include <array>

#include "akin/nn/weights.h"

namespace akin::nn {

Attention::Attention(const TensorFile& file, const AttentionNames& names, const AttentionSpec& spec, std::size_t dim,
                     kernels::GemmType type)
    : spec_(spec) {
  const std::size_t q = spec.n_heads * spec.head_dim;
  const std::size_t kv = spec.n_kv_heads * spec.head_dim;
  const std::array<LinearNames, 3> inputs = {LinearNames{names.query, q}, LinearNames{names.key, kv}, LinearNames{names.value, kv}};
  qkv_ = pack_linear(file, inputs, dim, type);
  const std::array<LinearNames, 1> output = {LinearNames{names.output, dim}};
  output_ = pack_linear(file, output, q, type);
}

void Attention::forward(kernels::GemmRows& x, std::span<const std::size_t> starts, AttentionBuffers& buffers, MatrixView<float> out) const {
  const std::size_t n = x.rows();
  const std::size_t q = spec_.n_heads * spec_.head_dim;
  const std::size_t kv = spec_.n_kv_heads * spec_.head_dim;
  const MatrixView<float> qkv = grow(buffers.qkv, n, q + 2 * kv);
  kernels::gemm(x, qkv_, kernels::Activation::none, qkv);

  kernels::AttentionOptions options;
  options.n_heads = spec_.n_heads;
  options.n_kv_heads = spec_.n_kv_heads;
  options.head_dim = spec_.head_dim;
  options.scale = spec_.scale;
  options.causal = spec_.causal;
  options.window = spec_.window;
  // The chosen precision speaks of the products with weights; at 16 bits the two products of attention are rounded alike.
  options.type = qkv_.type() == kernels::GemmType::f32 ? kernels::AttentionType::f32 : kernels::AttentionType::bf16;
  const MatrixView<float> context = grow(buffers.context, n, q);
  for (std::size_t s = 0; s + 1 < starts.size(); ++s) {
    const MatrixView<const float> rows = qkv.middle_rows(starts[s], starts[s + 1] - starts[s]);
    kernels::attention(rows.middle_cols(0, q), rows.middle_cols(q, kv), rows.middle_cols(q + kv, kv), options, buffers.scratch,
                       context.middle_rows(starts[s], rows.rows()));
  }
  kernels::prepare_rows(context, output_.type(), buffers.rows);
  kernels::gemm(buffers.rows, output_, kernels::Activation::none, out);
}

}  // namespace akin::nn
