// The head of a language model in training: from hidden states to the loss of the tokens that should stand there, and back. Tied or not,
// with BERT's transform or without. Scores are made for some rows at a time: memory is bounded by 64 MB, not by rows × vocabulary. The same
// bits on any number of threads. Tested by trainable_head_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/model/spec.h"
#include "akin/train/parameters.h"

namespace akin {

/// Row rows[i] of the hidden states is to give token ids[i].
struct TokenTargets {
  std::span<const std::size_t> rows;  ///< ascending
  std::span<const std::int32_t> ids;
};

class TrainableHead {
 public:
  /// Adds the head's own tensors to `parameters`, which hold the token embeddings already. Throws Error{unsupported} if the model has none.
  TrainableHead(const ModelDescription& model, const std::function<bool(const std::string& name)>& has, Parameters& parameters);
  TrainableHead(TrainableHead&&) noexcept;
  TrainableHead& operator=(TrainableHead&&) noexcept;
  ~TrainableHead();

  /// Σ −ln p(id), in nats. Throws Error{invalid_argument} for an id outside the vocabulary.
  double loss(MatrixView<const float> hidden, const TokenTargets& targets, std::span<const float> values, Context& context);
  /// The same, and the gradient of that sum times `weight`: written to `d_hidden` (zero in rows without a target), added to `gradients`.
  struct Gradients {
    MatrixView<float> d_hidden;
    std::span<float> gradients;
    float weight = 1;
  };
  double backward(MatrixView<const float> hidden, const TokenTargets& targets, std::span<const float> values, const Gradients& to,
                  Context& context);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace akin
