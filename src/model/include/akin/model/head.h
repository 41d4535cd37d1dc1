// From a hidden state to a score for every token of the vocabulary: what a language model says comes next (or stands behind a mask). A tied
// head multiplies with the token embeddings themselves (Press & Wolf, 2017); the table is read where it lies, so a head of 128,000 rows
// costs no memory. Tested by head_test.cc.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "akin/base/context.h"
#include "akin/formats/tensor.h"
#include "akin/kernels/gemm.h"
#include "akin/model/spec.h"
#include "akin/nn/dense.h"
#include "akin/nn/embedding.h"
#include "akin/nn/norm.h"

namespace akin {

class LanguageHead {
 public:
  /// `file` must outlive the head. Throws Error{unsupported} if the model has none, Error naming the tensor that is missing or wrong.
  LanguageHead(const TensorFile& file, const ModelDescription& model);

  [[nodiscard]] bool is_tied() const noexcept { return tied_; }
  [[nodiscard]] std::size_t vocabulary_size() const noexcept { return table_.n_rows(); }
  /// scores (vocabulary_size) of the token after the one whose last hidden state (dim) is given; log-probabilities up to a constant.
  /// O(vocabulary · dim), on all threads.
  void forward(std::span<const float> hidden, std::span<float> scores, Context& context) const;

 private:
  bool tied_;
  nn::EmbeddingTable table_;
  std::optional<nn::Dense> transform_;
  std::optional<nn::Norm> transform_norm_;
  std::vector<float> bias_;
};

}  // namespace akin
