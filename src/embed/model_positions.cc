#include "akin/embed/model_positions.h"

#include <algorithm>
#include <utility>

#include "akin/nn/weights.h"
#include "model_files.h"

namespace akin {
namespace {

Matrix<float> read_rows(const TensorView& tensor, std::size_t first, std::size_t n) {
  Matrix<float> rows(n, tensor.shape[1]);
  for (std::size_t r = 0; r < n; ++r) tensor.row_to_float(first + r, rows.row(r));
  return rows;
}

}  // namespace

std::string ModelPositions::kinds() const {
  std::string list;
  const auto add = [&](bool there, const char* kind) {
    if (there) list += (list.empty() ? "" : " and ") + std::string(kind);
  };
  add(learned.rows() > 0, "learned");
  add(!ropes.empty(), "rope");
  add(!alibi_slopes.empty(), "alibi");
  add(relative_buckets.has_value(), "relative buckets");
  return list.empty() ? "none" : list;
}

ModelPositions read_positions(const std::filesystem::path& model, std::size_t max_rows) {
  const ModelWeights parts = read_weights(model);
  const TransformerSpec& spec = parts.model.spec;
  const TensorNames& names = parts.model.names;
  ModelPositions positions;
  positions.name = parts.name;
  positions.family = parts.model.family;
  positions.n_heads = spec.attention.n_heads;
  positions.causal = spec.attention.causal;
  positions.context_length = spec.max_positions();
  positions.ropes = spec.ropes;
  positions.alibi_slopes = spec.attention.alibi_slopes;
  positions.relative_buckets = spec.attention.relative_bias;
  if (spec.learned_positions && !names.position_embedding.empty()) {
    const LearnedPositions& learned = *spec.learned_positions;
    const TensorView& table = nn::require_tensor(*parts.weights, names.position_embedding + ".weight", {learned.n_rows, spec.dim});
    positions.learned = read_rows(table, learned.first, std::min(max_rows, learned.n_rows - learned.first));
  }
  if (positions.relative_buckets) {
    const TensorView& table =
        nn::require_tensor(*parts.weights, names.relative_bias + ".weight", {positions.relative_buckets->n_buckets, positions.n_heads});
    positions.relative_bias = read_rows(table, 0, positions.relative_buckets->n_buckets);
  }
  return positions;
}

}  // namespace akin
