// What a transformer is made of, as data. A family (bert.cc, llama.cc, …) is a function from its config.json to a spec and a table of
// tensor names; one forward pass (transformer.h) runs them all. A difference between families is a field here, never a branch there.
// Tested by families_test.cc.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akin/formats/tensor.h"
#include "akin/nn/attention.h"
#include "akin/nn/mlp.h"
#include "akin/nn/norm.h"
#include "akin/nn/rope.h"

namespace akin {

/// A table with one row a position, added to the token's row.
struct LearnedPositions {
  std::size_t n_rows = 0;
  std::size_t first = 0;  ///< row of a text's first token
};

/// Where a layer's norms stand.
enum class NormPlace {
  after,   ///< x = norm(x + part(x)): the original transformer
  before,  ///< x = x + part(norm(x)); with names of further norms also x + norm(part(norm(x)))
};

inline constexpr std::size_t kNoPositionLimit = std::numeric_limits<std::int32_t>::max();

struct TransformerSpec {
  std::size_t n_layers = 0;
  std::size_t dim = 0;  ///< of the hidden states
  std::size_t vocabulary_size = 0;
  std::size_t n_token_types = 0;  ///< 0: no segment table
  nn::NormSpec norm;
  NormPlace norm_place = NormPlace::after;
  bool parallel = false;                       ///< attention and MLP read the same input and are added together
  bool first_layer_has_attention_norm = true;  ///< ModernBERT's has none
  float embedding_scale = 1;                   ///< of the token's row (Gemma: √dim)
  std::optional<LearnedPositions> learned_positions;
  std::vector<nn::RopeSpec> ropes;                ///< rotations of queries and keys; a layer uses the one that its pattern names
  std::size_t context_length = kNoPositionLimit;  ///< the longest text that the model was made for
  nn::AttentionSpec attention;
  std::vector<nn::AttentionPattern> patterns;  ///< one a layer; empty: all alike
  nn::MlpSpec mlp;
  nn::WeightOrder weight_order = nn::WeightOrder::rows_are_outputs;

  /// The longest text that positions and training allow.
  [[nodiscard]] std::size_t max_positions() const;
  /// Beyond the length of training a model may still run, but not beyond its table of positions.
  [[nodiscard]] std::size_t hard_position_limit() const;
};

/// Where each part lies in the file, without ".weight" and ".bias"; "{}" stands for the layer's number. Empty: the family has no such part.
struct TensorNames {
  std::string token_embedding, position_embedding, token_type_embedding, embedding_norm;
  std::string query, key, value, fused_query_key_value, attention_output;
  std::string query_norm, key_norm;
  std::string attention_norm;       ///< after: of the sum; before: of the attention's input
  std::string attention_post_norm;  ///< of the attention's output (Gemma 3)
  std::string attention_scale;      ///< a factor a number of the attention's output (DINOv2); a vector, named in full
  std::string up, gate, fused_up_gate, down;
  std::string mlp_norm;  ///< empty with a parallel layer: the MLP reads what the attention reads
  std::string mlp_post_norm, mlp_scale;
  std::string relative_bias;  ///< the table of buckets (n_buckets, n_heads)
  std::string final_norm;
};

/// From hidden states to scores of every token of the vocabulary.
struct HeadSpec {
  bool tied = true;       ///< the scores are products with the token embeddings
  std::string output;     ///< of an untied head; "" where tied
  std::string bias;       ///< in full; may be missing from the file
  std::string transform;  ///< a linear map with `activation` and `transform_norm` before the product (BERT); "" for none
  std::string transform_norm;
  kernels::Activation activation = kernels::Activation::none;
};

/// A model that can be loaded: what akin knows after reading the configuration and before reading a weight.
struct ModelDescription {
  std::string family;
  TransformerSpec spec;
  TensorNames names;
  std::optional<HeadSpec> head = std::nullopt;
};

/// The name for layer `layer`: "{}" replaced.
std::string layer_name(const std::string& pattern, std::size_t layer);

/// One tensor of a model: which part, of which layer.
struct TensorPart {
  std::string TensorNames::*part = nullptr;
  std::size_t layer = 0;
  std::string_view suffix;  ///< ".weight", ".bias", or empty where the name is a full one

  [[nodiscard]] std::string name(const TensorNames& names) const { return layer_name(names.*part, layer).append(suffix); }
};

/// Every tensor that the model's names and spec speak of, in one fixed order, the same for every way of naming: the order of fingerprints
/// and of conversion. Biases are listed whether or not the file has them.
std::vector<TensorPart> tensor_parts(const ModelDescription& model);

/// Their full names.
std::vector<std::string> tensor_list(const ModelDescription& model);

/// A tensor of tensor_list(), also where an old file calls the weight and bias of a norm gamma and beta; nullptr if there is none.
const TensorView* find_part(const TensorFile& file, const std::string& name);

/// One field of a spec as text, numbers so that different ones have different texts.
struct SpecField {
  std::string name, value;
  friend bool operator==(const SpecField&, const SpecField&) = default;
};
/// Every field that decides a hidden state, in a fixed order.
std::vector<SpecField> spec_fields(const TransformerSpec& spec);

}  // namespace akin
