// From the hidden states of a text or a pair to one score a label: transformers' …ForSequenceClassification, of which cross-encoders are
// made. A family's head is a row of a table. Tested by classifier_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "akin/base/matrix.h"
#include "akin/formats/tensor.h"
#include "akin/kernels/activation.h"
#include "akin/model/spec.h"
#include "akin/nn/dense.h"
#include "akin/nn/norm.h"
#include "akin/nn/pooling.h"

namespace akin {

struct ClassifierSpec {
  nn::PoolingMode pooling = nn::PoolingMode::cls;
  std::string transform;  ///< a linear map (dim, dim) with `activation` after pooling; "" for none
  kernels::Activation activation = kernels::Activation::none;
  std::string transform_norm;  ///< of what the map gives (ModernBERT); "" for none
  std::string output;          ///< the map to the labels: `<output>.weight` (n_labels, dim)
  /// Pooling by the last token passes over these at the end, also where the tokenizer put them there: the reference does.
  std::optional<std::int32_t> pad_id = std::nullopt;
};

/// The head that a model of this family has. Throws Error{unsupported} for a family without one (listing those with), Error{not_found} if
/// the file holds no such head. `json` is the text of config.json and `where` its name.
ClassifierSpec describe_classifier(std::string_view json, const std::string& where, const ModelDescription& model,
                                   const TensorFile& weights);

class SequenceClassifier {
 public:
  /// `weights` must outlive the classifier. Throws Error naming the tensor that is missing or wrong.
  SequenceClassifier(const TensorFile& weights, const ModelDescription& model, const ClassifierSpec& spec);

  [[nodiscard]] std::size_t n_labels() const noexcept { return output_.n_out(); }
  /// The hidden states (n_tokens ≥ 1, dim) of one sequence and its ids (n_tokens) → `pooled` (dim).
  void pool(MatrixView<const float> hidden, std::span<const std::int32_t> ids, std::span<float> pooled) const;
  /// Pooled rows (n, dim) → logits (n, n_labels). A row of the result depends on that row alone.
  [[nodiscard]] Matrix<float> forward(const Matrix<float>& pooled) const;

 private:
  nn::Pooling pooling_;
  std::optional<std::int32_t> pad_id_;
  std::optional<nn::Dense> transform_;
  std::optional<nn::Norm> transform_norm_;
  nn::Dense output_;
};

}  // namespace akin
