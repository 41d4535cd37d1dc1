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

struct Layer {
  nn::Attention attention;
  nn::LayerNorm attention_norm;
  nn::Mlp mlp;
  nn::LayerNorm mlp_norm;

  Layer(const TensorFile& file, const ModelDescription& model, std::size_t layer, kernels::GemmType type)
      : attention(file,
                  {layer_name(model.names.query, layer), layer_name(model.names.key, layer), layer_name(model.names.value, layer),
                   layer_name(model.names.attention_output, layer)},
                  model.spec.attention, model.spec.dim, type),
        attention_norm(file, layer_name(model.names.attention_norm, layer), model.spec.dim, model.spec.norm_eps),
        mlp(file, {layer_name(model.names.up, layer), layer_name(model.names.down, layer)}, model.spec.mlp, model.spec.dim, type),
        mlp_norm(file, layer_name(model.names.mlp_norm, layer), model.spec.dim, model.spec.norm_eps) {}
};

}  // namespace

struct Transformer::Impl {
  TransformerSpec spec;
  kernels::GemmType type;
  nn::EmbeddingTable tokens;
  nn::EmbeddingTable positions;
  std::optional<nn::EmbeddingTable> token_types;
  nn::LayerNorm embedding_norm;
  std::vector<Layer> layers;
  mutable std::atomic<std::size_t> n_tokens_read{0};

  Impl(const TensorFile& file, const ModelDescription& model, kernels::GemmType gemm_type, Context& context)
      : spec(model.spec),
        type(gemm_type),
        tokens(file, model.names.token_embedding + ".weight", spec.vocabulary_size, spec.dim),
        positions(file, model.names.position_embedding + ".weight", std::get<LearnedPositions>(spec.positions).n_rows, spec.dim),
        embedding_norm(file, model.names.embedding_norm, spec.dim, spec.norm_eps) {
    if (spec.n_token_types > 0) token_types.emplace(file, model.names.token_type_embedding + ".weight", spec.n_token_types, spec.dim);
    // A number of layers that the file does not hold is refused before memory is taken for them.
    nn::require_tensor(file, layer_name(model.names.up, spec.n_layers - 1) + ".weight", {spec.mlp.dim, spec.dim});
    std::vector<std::optional<Layer>> packed(spec.n_layers);
    context.parallel_for(spec.n_layers, 1, [&](std::size_t layer, std::size_t) { packed[layer].emplace(file, model, layer, type); });
    layers.reserve(spec.n_layers);
    for (auto& layer : packed) layers.push_back(std::move(*layer));
  }

  void embed(const TokenBatch& batch, MatrixView<float> hidden) const;
  void forward(const TokenBatch& batch, TransformerBuffers& buffers, MatrixView<float> hidden, const Observer& observer, Crew* crew) const;
};

void Transformer::Impl::embed(const TokenBatch& batch, MatrixView<float> hidden) const {
  const std::size_t first = std::get<LearnedPositions>(spec.positions).first;
  std::vector<float> scratch(spec.dim);
  for (std::size_t s = 0; s + 1 < batch.starts.size(); ++s) {
    for (std::size_t t = batch.starts[s]; t < batch.starts[s + 1]; ++t) {
      const std::span<float> row = hidden.row(t);
      tokens.read(static_cast<std::size_t>(static_cast<std::uint32_t>(batch.ids[t])), row);
      if (token_types) {
        const std::int32_t type_id = batch.type_ids.empty() ? 0 : batch.type_ids[t];
        token_types->add(static_cast<std::size_t>(static_cast<std::uint32_t>(type_id)), row, scratch);
      }
      positions.add(first + t - batch.starts[s], row, scratch);
    }
  }
  if (tokens.bytes() > kLargeTable && n_tokens_read.fetch_add(batch.ids.size()) + batch.ids.size() >= kTokensToForget) {
    n_tokens_read = 0;
    tokens.forget();
  }
}

void Transformer::Impl::forward(const TokenBatch& batch, TransformerBuffers& buffers, MatrixView<float> hidden, const Observer& observer,
                                Crew* crew) const {
  require(!batch.starts.empty() && batch.starts.back() == batch.ids.size(), "a batch's last start must be its number of tokens");
  require(hidden.rows() == batch.ids.size() && hidden.cols() == spec.dim, "hidden states need one row of `dim` a token");
  require(batch.type_ids.empty() || batch.type_ids.size() == batch.ids.size(), "type ids must be as many as token ids");
  if (batch.ids.empty()) return;
  embed(batch, hidden);
  const MatrixView<float> sublayer = nn::grow(buffers.sublayer, hidden.rows(), hidden.cols());
  embedding_norm.forward(hidden, {}, type, buffers.rows);
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    if (observer) observer(layer, hidden);
    const Layer& part = layers[layer];
    part.attention.forward(buffers.rows, batch.starts, buffers.attention, sublayer, crew);
    part.attention_norm.forward(hidden, sublayer, type, buffers.rows);
    part.mlp.forward(buffers.rows, buffers.mlp, sublayer, crew);
    part.mlp_norm.forward(hidden, sublayer, type, buffers.rows);
  }
  if (observer) observer(layers.size(), hidden);
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

}  // namespace akin
