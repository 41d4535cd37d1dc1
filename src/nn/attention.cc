#include "akin/nn/attention.h"

#include <algorithm>
#include <array>

#include "akin/nn/weights.h"

namespace akin::nn {
namespace {

/// What a crew's threads take of the heads at a time: a quarter is some ten microseconds for a short text.
constexpr std::size_t kHeadPieces = 4;

}  // namespace

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

/// Heads [first, last) of keys and values, and their queries, for every sequence.
void Attention::attend_heads(MatrixView<const float> qkv, std::span<const std::size_t> starts, std::size_t first, std::size_t last,
                             kernels::AttentionScratch& scratch, MatrixView<float> context) const {
  const std::size_t dim = spec_.head_dim, group = spec_.n_heads / spec_.n_kv_heads;
  const std::size_t keys = spec_.n_heads * dim, values = keys + spec_.n_kv_heads * dim;
  kernels::AttentionOptions options;
  options.n_heads = (last - first) * group;
  options.n_kv_heads = last - first;
  options.head_dim = dim;
  options.scale = spec_.scale;
  options.causal = spec_.causal;
  options.window = spec_.window;
  // The chosen precision speaks of the products with weights; at 16 bits the two products of attention are rounded alike.
  options.type = qkv_.type() == kernels::GemmType::f32 ? kernels::AttentionType::f32 : kernels::AttentionType::bf16;
  const std::size_t width = options.n_kv_heads * dim, offset = first * dim;
  for (std::size_t s = 0; s + 1 < starts.size(); ++s) {
    const MatrixView<const float> rows = qkv.middle_rows(starts[s], starts[s + 1] - starts[s]);
    const MatrixView<float> out = context.middle_rows(starts[s], rows.rows());
    kernels::attention(rows.middle_cols(offset * group, width * group), rows.middle_cols(keys + offset, width),
                       rows.middle_cols(values + offset, width), options, scratch, out.middle_cols(offset * group, width * group));
  }
}

void Attention::forward(kernels::GemmRows& x, std::span<const std::size_t> starts, AttentionBuffers& buffers, MatrixView<float> out,
                        Crew* crew) const {
  const std::size_t n = x.rows();
  const MatrixView<float> qkv = grow(buffers.qkv, n, qkv_.n_out());
  multiply(x, qkv_, kernels::Activation::none, qkv, crew);
  const MatrixView<float> context = grow(buffers.context, n, output_.n_in());
  const std::size_t n_pieces = crew == nullptr ? 1 : std::min(kHeadPieces, spec_.n_kv_heads);
  if (buffers.scratch.size() < n_pieces) buffers.scratch.resize(n_pieces);
  const auto piece = [&](std::size_t p) {
    attend_heads(qkv, starts, p * spec_.n_kv_heads / n_pieces, (p + 1) * spec_.n_kv_heads / n_pieces, buffers.scratch[p], context);
  };
  if (crew == nullptr) {
    piece(0);
  } else {
    crew->run(n_pieces, piece);
  }
  kernels::prepare_rows(context, output_.type(), buffers.rows);
  multiply(buffers.rows, output_, kernels::Activation::none, out, crew);
}

}  // namespace akin::nn
