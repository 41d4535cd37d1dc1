// The one transformer: embeds tokens and runs the layers of any family over a ragged batch (no padding: all rows of all sequences packed
// end to end). A sequence's hidden states have the same bits whatever else is in the batch. Tested by transformer_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "akin/base/context.h"
#include "akin/base/crew.h"
#include "akin/base/matrix.h"
#include "akin/formats/tensor.h"
#include "akin/kernels/gemm.h"
#include "akin/model/spec.h"

namespace akin {

/// Sequences packed end to end; sequence s is tokens [starts[s], starts[s + 1]).
struct TokenBatch {
  std::span<const std::int32_t> ids;
  std::span<const std::int32_t> type_ids;  ///< empty: all 0
  std::span<const std::size_t> starts;     ///< n_sequences + 1
};

/// Working memory of a forward pass; owned by one thread at a time, grows to its largest use.
struct TransformerBuffers {
  Matrix<float> sublayer;
  kernels::GemmRows rows;
  nn::MlpBuffers mlp;
  nn::AttentionBuffers attention;
};

class Transformer {
 public:
  /// Packs the weights of `file` for products in `type`; `file` must outlive the transformer (the embedding tables stay where they lie).
  /// Throws Error naming the tensor that is missing or has another shape.
  Transformer(const TensorFile& file, const ModelDescription& model, kernels::GemmType type, Context& context);
  Transformer(Transformer&&) noexcept;
  Transformer& operator=(Transformer&&) noexcept;
  ~Transformer();

  [[nodiscard]] const TransformerSpec& spec() const noexcept;

  /// Sees the hidden states (n_tokens, dim) that enter layer `layer`; with layer = n_layers, what the last one gives.
  using Observer = std::function<void(std::size_t layer, MatrixView<const float> hidden)>;
  /// Writes the last hidden states to `hidden` (batch.ids.size(), dim). Throws Error{invalid_argument} for an id outside the vocabulary or
  /// a sequence longer than the positions.
  void forward(const TokenBatch& batch, TransformerBuffers& buffers, MatrixView<float> hidden, const Observer& observer = {}) const;
  /// The same for a batch that is too small to be cut, on the threads of `crew`, inside its lead: the same bits.
  void forward(const TokenBatch& batch, TransformerBuffers& buffers, MatrixView<float> hidden, Crew& crew) const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace akin
