// A transformer whose numbers change: the same spec and the same ragged rows as transformer.h, a forward pass that keeps what the backward
// pass reads, and a backward pass that adds to gradients. For pre-training, contrastive tuning and distilling alike: what stands on the
// hidden states (a head, pooling, a loss) is the caller's.
//
// Work is cut by whole sequences for rows and by outputs for weights, never by the number of threads, and every sum has one order: the same
// bits on any number of threads. Gradients equal torch's: see lm_golden_test.cc. Tested by trainable_transformer_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/model/spec.h"
#include "akin/model/transformer.h"
#include "akin/train/parameters.h"

namespace akin {

/// Dropout of one forward pass: of embeddings and of what each block adds, and of attention's probabilities. `key` names the draw: the same
/// key gives the same mask.
struct DropoutRates {
  float hidden = 0, attention = 0;
  std::uint64_t key = 0;
};

/// What one forward pass leaves for its backward pass, and the working memory of both; grows to its largest use. Of one forward pass at a
/// time. About 4 · (10 · dim + 2 · mlp.dim) bytes a token and layer.
class ActivationTape {
 public:
  ActivationTape();
  ActivationTape(ActivationTape&&) noexcept;
  ActivationTape& operator=(ActivationTape&&) noexcept;
  ~ActivationTape();

  struct Impl;
  [[nodiscard]] Impl& impl() noexcept { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

class TrainableTransformer {
 public:
  /// Adds the model's tensors to `parameters`; `has` says which biases there are. Throws Error{unsupported} for a spec that has no
  /// backward pass here: parallel layers, relative buckets, norms of heads or behind blocks.
  TrainableTransformer(const ModelDescription& model, const std::function<bool(const std::string& name)>& has, Parameters& parameters);
  TrainableTransformer(TrainableTransformer&&) noexcept;
  TrainableTransformer& operator=(TrainableTransformer&&) noexcept;
  ~TrainableTransformer();

  [[nodiscard]] const ModelDescription& model() const noexcept;

  /// The last hidden states (n_tokens, dim), after the model's last norm, as views of the tape. `values` is a buffer of the parameters'
  /// layout. Throws as Transformer::forward().
  MatrixView<const float> forward(const TokenBatch& batch, std::span<const float> values, const DropoutRates& dropout, ActivationTape& tape,
                                  Context& context) const;
  /// Adds to `gradients`, of the parameters' layout, what `d_hidden`, the gradient of those hidden states, makes of them. `batch` and
  /// `values` are those of the forward pass that filled the tape. Frozen tensors get
  /// gradients too, which an optimiser leaves aside.
  void backward(const TokenBatch& batch, std::span<const float> values, MatrixView<const float> d_hidden, ActivationTape& tape,
                std::span<float> gradients, Context& context) const;

  struct Impl;

 private:
  std::unique_ptr<const Impl> impl_;
};

}  // namespace akin
