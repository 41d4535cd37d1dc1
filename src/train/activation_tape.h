// What a forward pass of a trainable transformer keeps. See trainable_transformer_test.cc.
#pragma once

#include <vector>

#include "akin/nn/weights.h"
#include "akin/train/trainable_transformer.h"
#include "transformer_slots.h"

namespace akin {

/// Whole sequences whose rows go through the layers together.
struct RowPiece {
  std::size_t first_sequence = 0, first_row = 0, n_rows = 0;
  std::vector<std::size_t> starts;  ///< from 0
};

/// A matrix of one row a token that grows to its largest use.
class RowBuffer {
 public:
  /// Makes it (rows, cols); what it held is lost where it grows.
  void shape(std::size_t rows, std::size_t cols) {
    rows_ = rows;
    cols_ = cols;
    nn::grow(storage_, rows, cols);
  }
  [[nodiscard]] MatrixView<float> view() noexcept { return {storage_.data(), rows_, cols_}; }
  [[nodiscard]] MatrixView<float> rows(const RowPiece& piece) noexcept { return view().middle_rows(piece.first_row, piece.n_rows); }

 private:
  Matrix<float> storage_;
  std::size_t rows_ = 0, cols_ = 0;
};

struct LayerTape {
  RowBuffer normed;  ///< what attention read, where that is not the layer's input
  RowBuffer qkv, context;
  RowBuffer middle;  ///< input + attention
  RowBuffer mlp_in, inner, activated;
  RowBuffer sum;  ///< mlp_in + MLP, where a norm comes behind
};

/// Working memory of the backward pass.
struct BackwardBuffers {
  RowBuffer stream;               ///< the gradient of the rows that the layers hand on
  RowBuffer d_down, d_attention;  ///< of what the two blocks gave
  RowBuffer d_inner, d_qkv, d_context, d_normed;
};

struct ActivationTape::Impl {
  std::vector<RowPiece> pieces;
  RopeTables rope_tables;
  std::vector<std::vector<const nn::RopeTable*>> ropes;  // of each rotation, one a sequence
  DropoutRates dropout;
  RowBuffer embedded;             // before the norm of the embeddings
  std::vector<RowBuffer> inputs;  // of each layer, and behind them what the last one gave
  std::vector<LayerTape> layers;
  RowBuffer output;                                   // after the last norm
  std::vector<nn::AttentionTrainingBuffers> scratch;  // one a piece
  BackwardBuffers back;
};

/// Places of dropout: one a key.
enum class DropoutPlace : std::uint64_t { embeddings, attention, attention_output, mlp_output };
kernels::Dropout hidden_dropout(const DropoutRates& rates, std::size_t layer, DropoutPlace place);

struct TrainableTransformer::Impl {
  ModelDescription model;
  TransformerSlots slots;

  void prepare(const TokenBatch& batch, ActivationTape::Impl& tape) const;
  void embed(const TokenBatch& batch, std::span<const float> values, const RowPiece& piece, ActivationTape::Impl& tape) const;
  void run_layer(std::size_t layer, std::span<const float> values, std::size_t piece, ActivationTape::Impl& tape) const;
  [[nodiscard]] nn::AttentionBatch attention_batch(std::size_t layer, const RowPiece& piece, const ActivationTape::Impl& tape) const;
  [[nodiscard]] nn::AttentionWeights attention_weights(std::size_t layer, std::span<const float> values) const;
  [[nodiscard]] nn::MlpWeights mlp_weights(std::size_t layer, std::span<const float> values) const;
  [[nodiscard]] bool is_pre_norm() const noexcept { return model.spec.norm_place == NormPlace::before; }
};

/// Each row of `rows` dropped; their numbers count from `first_row`.
void drop_rows(const kernels::Dropout& dropout, std::size_t first_row, MatrixView<float> rows);
void copy_rows(MatrixView<const float> from, MatrixView<float> to);

}  // namespace akin
