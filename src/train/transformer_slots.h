// Where each part of a transformer lies in a flat buffer of parameters: offsets, and from them views into any buffer of that layout.
// Tested by trainable_transformer_test.cc.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "akin/model/spec.h"
#include "akin/nn/attention_training.h"
#include "akin/nn/linear.h"
#include "akin/nn/mlp_training.h"
#include "akin/nn/norm_training.h"
#include "akin/train/parameters.h"

namespace akin {

/// Whether the model's file has a tensor of that name: biases may be missing.
using HasTensor = std::function<bool(const std::string& name)>;

struct LinearSlot {
  std::size_t weight = 0, rows = 0, cols = 0;
  std::optional<std::size_t> bias;
  nn::WeightOrder order = nn::WeightOrder::rows_are_outputs;

  [[nodiscard]] std::size_t n_out() const noexcept { return order == nn::WeightOrder::rows_are_outputs ? rows : cols; }
  [[nodiscard]] nn::LinearWeights weights(std::span<const float> values) const;
  [[nodiscard]] nn::LinearGradients gradients(std::span<float> buffer) const;
};

struct NormSlot {
  std::size_t gamma = 0, dim = 0;
  std::optional<std::size_t> beta;
  nn::NormSpec spec;

  [[nodiscard]] nn::NormWeights weights(std::span<const float> values) const;
};

struct TableSlot {
  std::size_t offset = 0, rows = 0, cols = 0;

  template <class T>
  [[nodiscard]] MatrixView<T> view(std::span<T> buffer) const {
    return {buffer.data() + offset, rows, cols};
  }
};

struct LayerSlots {
  LinearSlot qkv, output, up, down;
  std::optional<NormSlot> attention_norm;
  NormSlot mlp_norm;
};

struct TransformerSlots {
  TableSlot tokens;
  std::optional<TableSlot> positions, token_types;
  std::optional<NormSlot> embedding_norm, final_norm;
  std::vector<LayerSlots> layers;
};

/// Adds the transformer's tensors to `parameters`. Throws Error{unsupported} for what training does not know.
TransformerSlots add_transformer(const ModelDescription& model, const HasTensor& has, Parameters& parameters);

/// Adds one linear map made of tensors that lie one behind the other (query, key and value), its biases behind them.
struct LinearPartShape {
  std::string name;
  std::size_t n_out = 0;
};
LinearSlot add_linear(std::span<const LinearPartShape> parts, std::size_t n_in, nn::WeightOrder order, const HasTensor& has,
                      Parameters& parameters);
NormSlot add_norm(const std::string& name, std::size_t dim, const nn::NormSpec& spec, Parameters& parameters);

}  // namespace akin
