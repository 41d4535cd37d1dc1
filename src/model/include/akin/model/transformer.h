// The one transformer: embeds tokens and runs the layers of any family over a ragged batch (no padding: all rows of all sequences packed
// end to end). A sequence's hidden states have the same bits whatever else is in the batch. Tested by transformer_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

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

/// The angles of a batch's positions, kept from call to call.
class RopeTables {
 public:
  /// One table a sequence, for rotation number `which` of the model; they stay until the next call.
  std::vector<const nn::RopeTable*> prepare(std::size_t which, const nn::RopeSpec& spec, std::span<const std::size_t> starts);

 private:
  std::vector<std::vector<std::unique_ptr<nn::RopeTable>>> tables_;  // a rotation: the common one, then stretched ones
};

/// Working memory of a forward pass; owned by one thread at a time, grows to its largest use.
struct TransformerBuffers {
  Matrix<float> sublayer, normed, parallel;
  RopeTables ropes;
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

  /// Sees the hidden states (n_tokens, dim) that enter layer `layer`; with layer = n_layers, what the last one gives, before a last norm.
  using Observer = std::function<void(std::size_t layer, MatrixView<const float> hidden)>;
  /// Writes the last hidden states, after the model's last norm if it has one, to `hidden` (batch.ids.size(), dim). Throws
  /// Error{invalid_argument} for an id outside the vocabulary or a sequence longer than the positions.
  void forward(const TokenBatch& batch, TransformerBuffers& buffers, MatrixView<float> hidden, const Observer& observer = {}) const;
  /// The same for a batch that is too small to be cut, on the threads of `crew`, inside its lead: the same bits.
  void forward(const TokenBatch& batch, TransformerBuffers& buffers, MatrixView<float> hidden, Crew& crew) const;
  /// The layers alone: `hidden` comes with embeddings of any kind (image patches) and leaves as above.
  void forward_embedded(std::span<const std::size_t> starts, TransformerBuffers& buffers, MatrixView<float> hidden,
                        const Observer& observer = {}) const;
  void forward_embedded(std::span<const std::size_t> starts, TransformerBuffers& buffers, MatrixView<float> hidden, Crew& crew) const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace akin
