#include "akin/nn/attention.h"

#include <algorithm>
#include <array>

namespace akin::nn {
namespace {

/// What a crew's threads take of the heads at a time: a quarter is some ten microseconds for a short text.
constexpr std::size_t kHeadPieces = 4;

/// The rows of one head that begins at row `first`, pairs before halves.
void add_head(const AttentionSpec& spec, std::size_t first, bool turns, std::vector<std::size_t>& rows) {
  const std::size_t n_paired = turns ? spec.n_paired : 0;
  for (std::size_t half = 0; half < 2; ++half) {
    for (std::size_t i = half; i < n_paired; i += 2) rows.push_back(first + i);
  }
  for (std::size_t i = n_paired; i < spec.head_dim; ++i) rows.push_back(first + i);
}

/// Rows of a weight that holds the heads of queries or keys alone; empty: as they lie.
std::vector<std::size_t> turned_rows(const AttentionSpec& spec, std::size_t n_heads) {
  std::vector<std::size_t> rows;
  if (spec.n_paired == 0) return rows;
  for (std::size_t head = 0; head < n_heads; ++head) add_head(spec, head * spec.head_dim, true, rows);
  return rows;
}

/// The rows of a fused weight in the order queries, keys, values; empty: as they lie.
std::vector<std::size_t> fused_rows(const AttentionSpec& spec) {
  const std::size_t d = spec.head_dim, group = spec.n_heads / spec.n_kv_heads;
  const bool blocks = spec.fused_order == FusedOrder::blocks;
  std::vector<std::size_t> rows;
  if (blocks && spec.n_paired == 0) return rows;
  for (std::size_t head = 0; head < spec.n_heads; ++head) {
    add_head(spec, (blocks ? head : head / group * (group + 2) + head % group) * d, true, rows);
  }
  for (std::size_t part = 0; part < 2; ++part) {
    for (std::size_t head = 0; head < spec.n_kv_heads; ++head) {
      add_head(spec, (blocks ? spec.n_heads + part * spec.n_kv_heads + head : head * (group + 2) + group + part) * d, part == 0, rows);
    }
  }
  return rows;
}

std::vector<LinearPart> inputs(const AttentionNames& names, const AttentionSpec& spec) {
  const std::size_t q = spec.n_heads * spec.head_dim, kv = spec.n_kv_heads * spec.head_dim;
  if (!names.fused.empty()) return {LinearPart{names.fused, q + 2 * kv, fused_rows(spec)}};
  return {LinearPart{names.query, q, turned_rows(spec, spec.n_heads)}, LinearPart{names.key, kv, turned_rows(spec, spec.n_kv_heads)},
          LinearPart{names.value, kv}};
}

}  // namespace

Attention::Attention(const TensorFile& file, const AttentionNames& names, const AttentionSpec& spec, std::size_t dim,
                     kernels::GemmType type, const AttentionPattern& pattern, WeightOrder order)
    : spec_(spec), pattern_(pattern) {
  qkv_ = pack_linear(file, inputs(names, spec), dim, type, order);
  const std::array<LinearPart, 1> output = {LinearPart{names.output, dim}};
  output_ = pack_linear(file, output, spec.dim(), type, order);
  if (spec.head_norm) {
    query_norm_.emplace(file, names.query_norm, spec.head_dim, *spec.head_norm);
    key_norm_.emplace(file, names.key_norm, spec.head_dim, *spec.head_norm);
  }
}

void Attention::place(MatrixView<float> qkv, const AttentionContext& batch) const {
  const MatrixView<float> queries = qkv.middle_cols(0, spec_.dim());
  const MatrixView<float> keys = qkv.middle_cols(spec_.dim(), spec_.n_kv_heads * spec_.head_dim);
  if (query_norm_) {
    query_norm_->forward_heads(queries, spec_.n_heads);
    key_norm_->forward_heads(keys, spec_.n_kv_heads);
  }
  for (std::size_t s = 0; s < batch.ropes.size(); ++s) {
    const std::size_t begin = batch.starts[s], count = batch.starts[s + 1] - begin;
    batch.ropes[s]->rotate(queries.middle_rows(begin, count), spec_.n_heads, spec_.head_dim);
    batch.ropes[s]->rotate(keys.middle_rows(begin, count), spec_.n_kv_heads, spec_.head_dim);
  }
}

/// Heads [first, last) of keys and values, and their queries, for every sequence.
void Attention::attend_heads(MatrixView<const float> qkv, const AttentionContext& batch, std::size_t first, std::size_t last,
                             kernels::AttentionScratch& scratch, MatrixView<float> context) const {
  const std::size_t dim = spec_.head_dim, group = spec_.n_heads / spec_.n_kv_heads;
  const std::size_t keys = spec_.n_heads * dim, values = keys + spec_.n_kv_heads * dim;
  kernels::AttentionOptions options;
  options.n_heads = (last - first) * group;
  options.n_kv_heads = last - first;
  options.head_dim = dim;
  options.scale = spec_.scale;
  options.causal = spec_.causal;
  options.window = pattern_.window;
  if (!spec_.alibi_slopes.empty()) options.alibi_slopes = std::span(spec_.alibi_slopes).subspan(first * group, options.n_heads);
  // The chosen precision speaks of the products with weights; at 16 bits the two products of attention are rounded alike.
  options.type = qkv_.type() == kernels::GemmType::f32 ? kernels::AttentionType::f32 : kernels::AttentionType::bf16;
  const std::size_t width = options.n_kv_heads * dim, offset = first * dim;
  for (std::size_t s = 0; s + 1 < batch.starts.size(); ++s) {
    const MatrixView<const float> rows = qkv.middle_rows(batch.starts[s], batch.starts[s + 1] - batch.starts[s]);
    if (rows.rows() == 0) continue;
    const MatrixView<float> out = context.middle_rows(batch.starts[s], rows.rows());
    if (!batch.distance_bias.empty()) {
      const std::size_t reach = 2 * rows.rows() - 1;
      options.distance_bias = std::span(batch.distance_bias[s]).subspan(first * group * reach, options.n_heads * reach);
    }
    kernels::attention(rows.middle_cols(offset * group, width * group), rows.middle_cols(keys + offset, width),
                       rows.middle_cols(values + offset, width), options, scratch, out.middle_cols(offset * group, width * group));
  }
}

void Attention::forward(kernels::GemmRows& x, const AttentionContext& batch, AttentionBuffers& buffers, MatrixView<float> out,
                        Crew* crew) const {
  const std::size_t n = x.rows();
  const MatrixView<float> qkv = grow(buffers.qkv, n, qkv_.n_out());
  multiply(x, qkv_, kernels::Activation::none, qkv, crew);
  place(qkv, batch);
  const MatrixView<float> context = grow(buffers.context, n, output_.n_in());
  const std::size_t n_pieces = crew == nullptr ? 1 : std::min(kHeadPieces, spec_.n_kv_heads);
  if (buffers.scratch.size() < n_pieces) buffers.scratch.resize(n_pieces);
  const auto piece = [&](std::size_t p) {
    attend_heads(qkv, batch, p * spec_.n_kv_heads / n_pieces, (p + 1) * spec_.n_kv_heads / n_pieces, buffers.scratch[p], context);
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
