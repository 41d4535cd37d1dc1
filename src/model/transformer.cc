#include "akin/model/transformer.h"

#include <atomic>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "akin/nn/embedding.h"
#include "akin/nn/norm.h"
#include "akin/nn/weights.h"

namespace akin {
namespace {

// A token table larger than this gives its memory back each time so many tokens were read. Reading the pages again takes about 2 ms:
// at every 1,024 tokens that was 3 % of int8's time, at every 4,096 it is under 1 %.
constexpr std::size_t kLargeTable = std::size_t{16} << 20;
constexpr std::size_t kTokensToForget = 4096;

std::optional<nn::Norm> norm_of(const TensorFile& file, const std::string& name, std::size_t layer, const TransformerSpec& spec) {
  if (name.empty()) return std::nullopt;
  return nn::Norm(file, layer_name(name, layer), spec.dim, spec.norm);
}

std::vector<float> scale_of(const TensorFile& file, const std::string& name, std::size_t layer, std::size_t dim) {
  return name.empty() ? std::vector<float>() : nn::read_vector(file, layer_name(name, layer), dim);
}

nn::AttentionNames attention_names(const TensorNames& names, std::size_t layer) {
  return {layer_name(names.query, layer),
          layer_name(names.key, layer),
          layer_name(names.value, layer),
          layer_name(names.fused_query_key_value, layer),
          layer_name(names.attention_output, layer),
          layer_name(names.query_norm, layer),
          layer_name(names.key_norm, layer)};
}

nn::MlpNames mlp_names(const TensorNames& names, std::size_t layer) {
  return {layer_name(names.up, layer), layer_name(names.down, layer), layer_name(names.gate, layer),
          layer_name(names.fused_up_gate, layer)};
}

nn::AttentionPattern pattern_of(const TransformerSpec& spec, std::size_t layer) {
  return spec.patterns.empty() ? nn::AttentionPattern{} : spec.patterns[layer];
}

struct Layer {
  nn::Attention attention;
  nn::Mlp mlp;
  std::optional<nn::Norm> attention_norm, attention_post_norm, mlp_norm, mlp_post_norm;
  std::vector<float> attention_scale, mlp_scale;

  Layer(const TensorFile& file, const ModelDescription& model, std::size_t layer, kernels::GemmType type)
      : attention(file, attention_names(model.names, layer), model.spec.attention, model.spec.dim, type, pattern_of(model.spec, layer),
                  model.spec.weight_order),
        mlp(file, mlp_names(model.names, layer), model.spec.mlp, model.spec.dim, type, model.spec.weight_order),
        attention_post_norm(norm_of(file, model.names.attention_post_norm, layer, model.spec)),
        mlp_norm(norm_of(file, model.names.mlp_norm, layer, model.spec)),
        mlp_post_norm(norm_of(file, model.names.mlp_post_norm, layer, model.spec)),
        attention_scale(scale_of(file, model.names.attention_scale, layer, model.spec.dim)),
        mlp_scale(scale_of(file, model.names.mlp_scale, layer, model.spec.dim)) {
    if (layer > 0 || model.spec.first_layer_has_attention_norm) {
      attention_norm = norm_of(file, model.names.attention_norm, layer, model.spec);
    }
  }
};

/// What a block gives, on its way to the sum.
void finish(const std::optional<nn::Norm>& norm, const std::vector<float>& scale, MatrixView<float> rows) {
  if (norm) norm->forward(rows, rows);
  if (scale.empty()) return;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    float* row = rows.row_data(r);
    for (std::size_t c = 0; c < scale.size(); ++c) row[c] *= scale[c];
  }
}

/// One forward pass: what its layers share.
struct Pass {
  TransformerBuffers& buffers;
  nn::AttentionContext attention;
  MatrixView<float> hidden, sublayer;
  kernels::GemmType type;
  Crew* crew;

  /// norm(hidden) as rows for a product; `hidden` stays.
  void prepare(const std::optional<nn::Norm>& norm) {
    if (!norm) return kernels::prepare_rows(hidden, type, buffers.rows);
    const MatrixView<float> normed = nn::grow(buffers.normed, hidden.rows(), hidden.cols());
    norm->forward(hidden, normed);
    kernels::prepare_rows(normed, type, buffers.rows);
  }

  /// x = norm(x + block(x)); the rows for the first product are there already.
  void run_after(const Layer& layer) {
    layer.attention.forward(buffers.rows, attention, buffers.attention, sublayer, crew);
    layer.attention_norm->forward(hidden, sublayer, type, buffers.rows);
    layer.mlp.forward(buffers.rows, buffers.mlp, sublayer, crew);
    layer.mlp_norm->forward(hidden, sublayer, type, buffers.rows);
  }

  /// x = x + block(norm(x)).
  void run_before(const Layer& layer) {
    prepare(layer.attention_norm);
    layer.attention.forward(buffers.rows, attention, buffers.attention, sublayer, crew);
    finish(layer.attention_post_norm, layer.attention_scale, sublayer);
    nn::add_rows(hidden, sublayer);
    prepare(layer.mlp_norm);
    layer.mlp.forward(buffers.rows, buffers.mlp, sublayer, crew);
    finish(layer.mlp_post_norm, layer.mlp_scale, sublayer);
    nn::add_rows(hidden, sublayer);
  }

  /// x = x + attention(norm(x)) + mlp(norm'(x)).
  void run_parallel(const Layer& layer) {
    const MatrixView<float> second = nn::grow(buffers.parallel, hidden.rows(), hidden.cols());
    prepare(layer.attention_norm);
    layer.attention.forward(buffers.rows, attention, buffers.attention, sublayer, crew);
    if (layer.mlp_norm) prepare(layer.mlp_norm);
    layer.mlp.forward(buffers.rows, buffers.mlp, second, crew);
    nn::add_rows(hidden, sublayer);
    nn::add_rows(hidden, second);
  }
};

}  // namespace

struct Transformer::Impl {
  TransformerSpec spec;
  kernels::GemmType type;
  nn::EmbeddingTable tokens;
  std::optional<nn::EmbeddingTable> positions, token_types;
  std::optional<nn::Norm> embedding_norm, final_norm;
  Matrix<float> relative_bias;
  std::vector<Layer> layers;
  mutable std::atomic<std::size_t> n_tokens_read{0};

  Impl(const TensorFile& file, const ModelDescription& model, kernels::GemmType gemm_type, Context& context)
      : spec(model.spec),
        type(gemm_type),
        embedding_norm(norm_of(file, model.names.embedding_norm, 0, spec)),
        final_norm(norm_of(file, model.names.final_norm, 0, spec)) {
    const TensorNames& names = model.names;
    if (!names.token_embedding.empty()) tokens = {file, names.token_embedding + ".weight", spec.vocabulary_size, spec.dim};
    if (spec.learned_positions && !names.position_embedding.empty()) {
      positions.emplace(file, names.position_embedding + ".weight", spec.learned_positions->n_rows, spec.dim);
    }
    if (spec.n_token_types > 0) token_types.emplace(file, names.token_type_embedding + ".weight", spec.n_token_types, spec.dim);
    if (spec.attention.relative_bias) read_relative_bias(file, names.relative_bias + ".weight");
    // A number of layers that the file does not hold is refused before memory is taken for them.
    const nn::WeightOrder order = spec.weight_order;
    const bool rows_are_outputs = order == nn::WeightOrder::rows_are_outputs;
    nn::require_tensor(file, layer_name(names.down, spec.n_layers - 1) + ".weight",
                       {rows_are_outputs ? spec.dim : spec.mlp.dim, rows_are_outputs ? spec.mlp.dim : spec.dim});
    std::vector<std::optional<Layer>> packed(spec.n_layers);
    context.parallel_for(spec.n_layers, 1, [&](std::size_t layer, std::size_t) { packed[layer].emplace(file, model, layer, type); });
    layers.reserve(spec.n_layers);
    for (auto& layer : packed) layers.push_back(std::move(*layer));
  }

  void read_relative_bias(const TensorFile& file, const std::string& name) {
    const std::size_t n = spec.attention.relative_bias->n_buckets, n_heads = spec.attention.n_heads;
    const TensorView& tensor = nn::require_tensor(file, name, {n, n_heads});
    relative_bias = Matrix<float>(n, n_heads);
    for (std::size_t r = 0; r < n; ++r) tensor.row_to_float(r, relative_bias.row(r));
  }

  void check(const TokenBatch& batch) const;
  void embed(const TokenBatch& batch, MatrixView<float> hidden) const;
  void run(std::span<const std::size_t> starts, TransformerBuffers& buffers, MatrixView<float> hidden, const Observer& observer,
           Crew* crew) const;
  void run_embedded(std::span<const std::size_t> starts, TransformerBuffers& buffers, MatrixView<float> hidden, const Observer& observer,
                    Crew* crew) const;
  void forward(const TokenBatch& batch, TransformerBuffers& buffers, MatrixView<float> hidden, const Observer& observer, Crew* crew) const;
};

void Transformer::Impl::check(const TokenBatch& batch) const {
  require(!batch.starts.empty() && batch.starts.back() == batch.ids.size(), "a batch's last start must be its number of tokens");
  require(batch.type_ids.empty() || batch.type_ids.size() == batch.ids.size(), "type ids must be as many as token ids");
  for (std::size_t s = 0; s + 1 < batch.starts.size(); ++s) {
    const std::size_t n = batch.starts[s + 1] - batch.starts[s];
    if (n > spec.hard_position_limit()) {
      throw Error(ErrorCode::invalid_argument, "a text of " + std::to_string(n) + " tokens is longer than the model's " +
                                                   std::to_string(spec.hard_position_limit()) + " positions");
    }
  }
}

void Transformer::Impl::embed(const TokenBatch& batch, MatrixView<float> hidden) const {
  const std::size_t first = spec.learned_positions ? spec.learned_positions->first : 0;
  std::vector<float> scratch(spec.dim);
  for (std::size_t s = 0; s + 1 < batch.starts.size(); ++s) {
    for (std::size_t t = batch.starts[s]; t < batch.starts[s + 1]; ++t) {
      const std::span<float> row = hidden.row(t);
      tokens.read(static_cast<std::size_t>(static_cast<std::uint32_t>(batch.ids[t])), row);
      if (spec.embedding_scale != 1.0F) {
        for (float& x : row) x *= spec.embedding_scale;
      }
      if (token_types) {
        const std::int32_t type_id = batch.type_ids.empty() ? 0 : batch.type_ids[t];
        token_types->add(static_cast<std::size_t>(static_cast<std::uint32_t>(type_id)), row, scratch);
      }
      if (positions) positions->add(first + t - batch.starts[s], row, scratch);
    }
  }
  if (tokens.bytes() > kLargeTable && n_tokens_read.fetch_add(batch.ids.size()) + batch.ids.size() >= kTokensToForget) {
    n_tokens_read = 0;
    tokens.forget();
  }
}

/// The layers over `hidden`, which holds the embeddings.
void Transformer::Impl::run(std::span<const std::size_t> starts, TransformerBuffers& buffers, MatrixView<float> hidden,
                            const Observer& observer, Crew* crew) const {
  const std::size_t n_sequences = starts.size() - 1;
  std::vector<std::vector<float>> bias;
  if (spec.attention.relative_bias) {
    for (std::size_t s = 0; s < n_sequences; ++s) {
      bias.push_back(nn::distance_bias(*spec.attention.relative_bias, relative_bias.view(), starts[s + 1] - starts[s]));
    }
  }
  // Tables of angles: one a rotation for all texts, but one a text where the angles depend on its length.
  std::vector<std::vector<const nn::RopeTable*>> ropes(spec.ropes.size());
  for (std::size_t r = 0; r < spec.ropes.size(); ++r) ropes[r] = buffers.ropes.prepare(r, spec.ropes[r], starts);

  Pass pass{buffers, {starts, {}, bias}, hidden, nn::grow(buffers.sublayer, hidden.rows(), hidden.cols()), type, crew};
  if (embedding_norm) {
    embedding_norm->forward(hidden, {}, type, buffers.rows);
  } else if (spec.norm_place == NormPlace::after) {
    kernels::prepare_rows(hidden, type, buffers.rows);
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (observer) observer(i, hidden);
    const Layer& layer = layers[i];
    if (!ropes.empty()) pass.attention.ropes = ropes[layer.attention.pattern().rope];
    if (spec.parallel) {
      pass.run_parallel(layer);
    } else if (spec.norm_place == NormPlace::before) {
      pass.run_before(layer);
    } else {
      pass.run_after(layer);
    }
  }
  if (observer) observer(layers.size(), hidden);
  if (final_norm) final_norm->forward(hidden, hidden);
}

void Transformer::Impl::forward(const TokenBatch& batch, TransformerBuffers& buffers, MatrixView<float> hidden, const Observer& observer,
                                Crew* crew) const {
  check(batch);
  require(hidden.rows() == batch.ids.size() && hidden.cols() == spec.dim, "hidden states need one row of `dim` a token");
  if (batch.ids.empty()) return;
  embed(batch, hidden);
  run(batch.starts, buffers, hidden, observer, crew);
}

std::vector<const nn::RopeTable*> RopeTables::prepare(std::size_t which, const nn::RopeSpec& spec, std::span<const std::size_t> starts) {
  if (tables_.size() <= which) tables_.resize(which + 1);
  std::vector<std::unique_ptr<nn::RopeTable>>& own = tables_[which];
  if (own.empty()) own.push_back(std::make_unique<nn::RopeTable>());
  const std::size_t limit = spec.scaling.kind == nn::RopeScalingKind::dynamic_ntk ? spec.scaling.original_positions : kNoPositionLimit;
  std::vector<const nn::RopeTable*> list;
  std::size_t longest = 1, n_stretched = 0;
  for (std::size_t s = 0; s + 1 < starts.size(); ++s) {
    const std::size_t n = starts[s + 1] - starts[s];
    if (n <= limit) {
      longest = std::max(longest, n);
      list.push_back(own[0].get());
    } else {
      if (own.size() <= ++n_stretched) own.push_back(std::make_unique<nn::RopeTable>());
      own[n_stretched]->prepare(spec, n);
      list.push_back(own[n_stretched].get());
    }
  }
  own[0]->prepare(spec, longest);
  return list;
}

Transformer::Transformer(const TensorFile& file, const ModelDescription& model, kernels::GemmType type, Context& context)
    : impl_(std::make_unique<Impl>(file, model, type, context)) {}
Transformer::Transformer(Transformer&&) noexcept = default;
Transformer& Transformer::operator=(Transformer&&) noexcept = default;
Transformer::~Transformer() = default;

const TransformerSpec& Transformer::spec() const noexcept { return impl_->spec; }

void Transformer::forward(const TokenBatch& batch, TransformerBuffers& buffers, MatrixView<float> hidden, const Observer& observer) const {
  impl_->forward(batch, buffers, hidden, observer, nullptr);
}

void Transformer::forward(const TokenBatch& batch, TransformerBuffers& buffers, MatrixView<float> hidden, Crew& crew) const {
  impl_->forward(batch, buffers, hidden, {}, &crew);
}

void Transformer::Impl::run_embedded(std::span<const std::size_t> starts, TransformerBuffers& buffers, MatrixView<float> hidden,
                                     const Observer& observer, Crew* crew) const {
  require(!starts.empty() && starts.back() == hidden.rows() && hidden.cols() == spec.dim, "hidden states need one row of `dim` a token");
  if (hidden.rows() > 0) run(starts, buffers, hidden, observer, crew);
}

void Transformer::forward_embedded(std::span<const std::size_t> starts, TransformerBuffers& buffers, MatrixView<float> hidden,
                                   const Observer& observer) const {
  impl_->run_embedded(starts, buffers, hidden, observer, nullptr);
}

void Transformer::forward_embedded(std::span<const std::size_t> starts, TransformerBuffers& buffers, MatrixView<float> hidden,
                                   Crew& crew) const {
  impl_->run_embedded(starts, buffers, hidden, {}, &crew);
}

}  // namespace akin
