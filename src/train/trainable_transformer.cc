// Construction and the forward pass. The backward pass: trainable_backward.cc.
#include "akin/train/trainable_transformer.h"

#include <algorithm>
#include <cstring>

#include "activation_tape.h"
#include "akin/base/error.h"

namespace akin {
namespace {

/// Rows of a piece, at least: products of 256 rows run at 95 % of what taller ones do, and a batch of 2,048 still feeds eight threads.
constexpr std::size_t kPieceRows = 256;

std::vector<RowPiece> cut(std::span<const std::size_t> starts) {
  std::vector<RowPiece> pieces;
  for (std::size_t s = 0; s + 1 < starts.size(); ++s) {
    if (pieces.empty() || pieces.back().n_rows >= kPieceRows) pieces.push_back({s, starts[s], 0, {0}});
    pieces.back().n_rows = starts[s + 1] - pieces.back().first_row;
    pieces.back().starts.push_back(pieces.back().n_rows);
  }
  return pieces;
}

void check(const TokenBatch& batch, const TransformerSpec& spec) {
  require(!batch.starts.empty() && batch.starts.back() == batch.ids.size(), "a batch's last start must be its number of tokens");
  require(batch.type_ids.empty() || batch.type_ids.size() == batch.ids.size(), "type ids must be as many as token ids");
  for (std::size_t s = 0; s + 1 < batch.starts.size(); ++s) {
    const std::size_t n = batch.starts[s + 1] - batch.starts[s];
    if (n <= spec.hard_position_limit()) continue;
    throw Error(ErrorCode::invalid_argument, "a text of " + std::to_string(n) + " tokens is longer than the model's " +
                                                 std::to_string(spec.hard_position_limit()) + " positions");
  }
  for (const std::int32_t id : batch.ids) {
    if (id >= 0 && static_cast<std::size_t>(id) < spec.vocabulary_size) continue;
    throw Error(ErrorCode::invalid_argument,
                "token id " + std::to_string(id) + " is outside the vocabulary of " + std::to_string(spec.vocabulary_size));
  }
  for (const std::int32_t type : batch.type_ids) {
    require(type >= 0 && static_cast<std::size_t>(type) < std::max<std::size_t>(spec.n_token_types, 1), "there is no such token type");
  }
}

void add_to(std::span<const float> from, std::span<float> to) {
  for (std::size_t c = 0; c < to.size(); ++c) to[c] += from[c];
}

}  // namespace

kernels::Dropout hidden_dropout(const DropoutRates& rates, std::size_t layer, DropoutPlace place) {
  const float p = place == DropoutPlace::attention ? rates.attention : rates.hidden;
  return {p, rates.key + (4 * layer + static_cast<std::uint64_t>(place) + 1) * 0xd1b54a32d192ed03ULL};
}

void drop_rows(const kernels::Dropout& dropout, std::size_t first_row, MatrixView<float> rows) {
  if (!dropout.is_on()) return;
  for (std::size_t r = 0; r < rows.rows(); ++r) kernels::drop(dropout, first_row + r, rows.row(r));
}

void copy_rows(MatrixView<const float> from, MatrixView<float> to) {
  for (std::size_t r = 0; r < to.rows(); ++r) std::ranges::copy(from.row(r), to.row_data(r));
}

ActivationTape::ActivationTape() : impl_(std::make_unique<Impl>()) {}
ActivationTape::ActivationTape(ActivationTape&&) noexcept = default;
ActivationTape& ActivationTape::operator=(ActivationTape&&) noexcept = default;
ActivationTape::~ActivationTape() = default;

TrainableTransformer::TrainableTransformer(const ModelDescription& model, const std::function<bool(const std::string& name)>& has,
                                           Parameters& parameters)
    : impl_(std::make_unique<Impl>(Impl{model, add_transformer(model, has, parameters)})) {}
TrainableTransformer::TrainableTransformer(TrainableTransformer&&) noexcept = default;
TrainableTransformer& TrainableTransformer::operator=(TrainableTransformer&&) noexcept = default;
TrainableTransformer::~TrainableTransformer() = default;

const ModelDescription& TrainableTransformer::model() const noexcept { return impl_->model; }

void TrainableTransformer::Impl::prepare(const TokenBatch& batch, ActivationTape::Impl& tape) const {
  const TransformerSpec& spec = model.spec;
  const std::size_t n = batch.ids.size(), dim = spec.dim;
  tape.pieces = cut(batch.starts);
  tape.scratch.resize(std::max(tape.scratch.size(), tape.pieces.size()));
  tape.ropes.clear();
  for (std::size_t r = 0; r < spec.ropes.size(); ++r) tape.ropes.push_back(tape.rope_tables.prepare(r, spec.ropes[r], batch.starts));
  if (slots.embedding_norm) tape.embedded.shape(n, dim);
  tape.inputs.resize(spec.n_layers + 1);
  tape.layers.resize(spec.n_layers);
  for (RowBuffer& input : tape.inputs) input.shape(n, dim);
  for (std::size_t i = 0; i < spec.n_layers; ++i) {
    LayerTape& layer = tape.layers[i];
    if (is_pre_norm() && slots.layers[i].attention_norm) layer.normed.shape(n, dim);
    layer.qkv.shape(n, slots.layers[i].qkv.n_out());
    layer.context.shape(n, spec.attention.dim());
    layer.middle.shape(n, dim);
    layer.mlp_in.shape(n, dim);
    layer.inner.shape(n, slots.layers[i].up.n_out());
    layer.activated.shape(n, spec.mlp.dim);
    if (!is_pre_norm()) layer.sum.shape(n, dim);
  }
  if (slots.final_norm) tape.output.shape(n, dim);
}

void TrainableTransformer::Impl::embed(const TokenBatch& batch, std::span<const float> values, const RowPiece& piece,
                                       ActivationTape::Impl& tape) const {
  const TransformerSpec& spec = model.spec;
  const MatrixView<float> out = (slots.embedding_norm ? tape.embedded : tape.inputs.front()).rows(piece);
  const MatrixView<const float> tokens = slots.tokens.view(values);
  for (std::size_t s = 0; s + 1 < piece.starts.size(); ++s) {
    for (std::size_t r = piece.starts[s]; r < piece.starts[s + 1]; ++r) {
      const std::size_t t = piece.first_row + r;
      const std::span<float> row = out.row(r);
      std::ranges::copy(tokens.row(static_cast<std::size_t>(batch.ids[t])), row.begin());
      if (spec.embedding_scale != 1.0F) {
        for (float& x : row) x *= spec.embedding_scale;
      }
      if (slots.token_types) {
        add_to(slots.token_types->view(values).row(batch.type_ids.empty() ? 0 : static_cast<std::size_t>(batch.type_ids[t])), row);
      }
      if (slots.positions) add_to(slots.positions->view(values).row(spec.learned_positions->first + r - piece.starts[s]), row);
    }
  }
  const MatrixView<float> input = tape.inputs.front().rows(piece);
  if (slots.embedding_norm) nn::norm_forward(out, slots.embedding_norm->weights(values), input);
  drop_rows(hidden_dropout(tape.dropout, 0, DropoutPlace::embeddings), piece.first_row, input);
}

nn::AttentionBatch TrainableTransformer::Impl::attention_batch(std::size_t layer, const RowPiece& piece,
                                                               const ActivationTape::Impl& tape) const {
  nn::AttentionBatch batch;
  batch.context.starts = piece.starts;
  if (!tape.ropes.empty()) {
    const std::size_t which = model.spec.patterns.empty() ? 0 : model.spec.patterns[layer].rope;
    batch.context.ropes = std::span(tape.ropes[which]).subspan(piece.first_sequence, piece.starts.size() - 1);
  }
  batch.dropout = hidden_dropout(tape.dropout, layer, DropoutPlace::attention);
  batch.first_sequence = piece.first_sequence;
  return batch;
}

nn::AttentionWeights TrainableTransformer::Impl::attention_weights(std::size_t layer, std::span<const float> values) const {
  const LayerSlots& slot = slots.layers[layer];
  const nn::AttentionPattern pattern = model.spec.patterns.empty() ? nn::AttentionPattern{} : model.spec.patterns[layer];
  return {slot.qkv.weights(values), slot.output.weights(values), &model.spec.attention, pattern};
}

nn::MlpWeights TrainableTransformer::Impl::mlp_weights(std::size_t layer, std::span<const float> values) const {
  return {slots.layers[layer].up.weights(values), slots.layers[layer].down.weights(values), model.spec.mlp};
}

void TrainableTransformer::Impl::run_layer(std::size_t layer, std::span<const float> values, std::size_t piece_number,
                                           ActivationTape::Impl& tape) const {
  const RowPiece& piece = tape.pieces[piece_number];
  const LayerSlots& slot = slots.layers[layer];
  LayerTape& kept = tape.layers[layer];
  const MatrixView<float> input = tape.inputs[layer].rows(piece), output = tape.inputs[layer + 1].rows(piece);
  const MatrixView<float> middle = kept.middle.rows(piece), mlp_in = kept.mlp_in.rows(piece);
  const bool norms_first = is_pre_norm() && slot.attention_norm;
  const MatrixView<float> attention_in = norms_first ? kept.normed.rows(piece) : input;
  if (norms_first) nn::norm_forward(input, slot.attention_norm->weights(values), attention_in);
  nn::attention_forward(attention_in, attention_weights(layer, values), attention_batch(layer, piece, tape), tape.scratch[piece_number],
                        {kept.qkv.rows(piece), kept.context.rows(piece)}, middle);
  drop_rows(hidden_dropout(tape.dropout, layer, DropoutPlace::attention_output), piece.first_row, middle);
  nn::add_rows(middle, input);
  const NormSlot& before_mlp = is_pre_norm() ? slot.mlp_norm : *slot.attention_norm;
  nn::norm_forward(middle, before_mlp.weights(values), mlp_in);
  const MatrixView<float> sum = is_pre_norm() ? output : kept.sum.rows(piece);
  nn::mlp_forward(mlp_in, mlp_weights(layer, values), {kept.inner.rows(piece), kept.activated.rows(piece)}, sum);
  drop_rows(hidden_dropout(tape.dropout, layer, DropoutPlace::mlp_output), piece.first_row, sum);
  nn::add_rows(sum, is_pre_norm() ? middle : mlp_in);
  if (!is_pre_norm()) nn::norm_forward(sum, slot.mlp_norm.weights(values), output);
}

MatrixView<const float> TrainableTransformer::forward(const TokenBatch& batch, std::span<const float> values, const DropoutRates& dropout,
                                                      ActivationTape& tape, Context& context) const {
  const Impl& impl = *impl_;
  check(batch, impl.model.spec);
  ActivationTape::Impl& kept = tape.impl();
  kept.dropout = dropout;
  impl.prepare(batch, kept);
  context.parallel_for(kept.pieces.size(), 1, [&](std::size_t p, std::size_t) {
    const RowPiece& piece = kept.pieces[p];
    if (piece.n_rows == 0) return;
    impl.embed(batch, values, piece, kept);
    for (std::size_t layer = 0; layer < impl.model.spec.n_layers; ++layer) impl.run_layer(layer, values, p, kept);
    if (impl.slots.final_norm) {
      nn::norm_forward(kept.inputs.back().rows(piece), impl.slots.final_norm->weights(values), kept.output.rows(piece));
    }
  });
  return (impl.slots.final_norm ? kept.output : kept.inputs.back()).view();
}

}  // namespace akin
