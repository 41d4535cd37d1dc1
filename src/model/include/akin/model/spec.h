// What a transformer is made of, as data. A family (bert.cc, …) is a function from its config.json to a spec and a table of tensor names;
// one forward pass (transformer.h) runs them all. A difference between families is a field here, never a branch there.
// Tested by families_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "akin/nn/attention.h"
#include "akin/nn/mlp.h"

namespace akin {

/// A table with one row a position, added to the token's row.
struct LearnedPositions {
  std::size_t n_rows = 0;
  std::size_t first = 0;  ///< row of a text's first token
};

/// How a token knows its place. Schemes inside attention (rotary, linear biases, relative buckets) join as further alternatives.
using Positions = std::variant<LearnedPositions>;

struct TransformerSpec {
  std::size_t n_layers = 0;
  std::size_t dim = 0;  ///< of the hidden states
  std::size_t vocabulary_size = 0;
  std::size_t n_token_types = 0;  ///< 0: no segment table
  float norm_eps = 0;
  Positions positions;
  nn::AttentionSpec attention;
  nn::MlpSpec mlp;

  /// The longest text that the positions allow.
  [[nodiscard]] std::size_t max_positions() const;
};

/// Where each part lies in the file, without ".weight" and ".bias"; "{}" stands for the layer's number. Empty: the family has no such part.
struct TensorNames {
  std::string token_embedding, position_embedding, token_type_embedding, embedding_norm;
  std::string query, key, value, attention_output, attention_norm;
  std::string up, down, mlp_norm;
};

/// A model that can be loaded: what akin knows after reading the configuration and before reading a weight.
struct ModelDescription {
  std::string family;
  TransformerSpec spec;
  TensorNames names;
};

/// The name for layer `layer`: "{}" replaced.
std::string layer_name(const std::string& pattern, std::size_t layer);

/// Full tensor names (with ".weight" and ".bias") of every part in one fixed order, the same for every way of naming: the order of
/// fingerprints and of conversion. Biases are listed whether or not the file has them.
std::vector<std::string> tensor_list(const ModelDescription& model);

}  // namespace akin
