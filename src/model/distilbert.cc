// DistilBERT (Sanh et al., 2019): BERT without segments, half the layers, other names.
#include <cmath>

#include "akin/base/error.h"
#include "family.h"

namespace akin {

TransformerSpec read_distilbert(const Config& config) {
  const std::size_t dim = config.size("dim");
  const std::size_t n_heads = config.size("n_heads");
  if (dim % n_heads != 0) {
    throw Error(ErrorCode::corrupt,
                config.where() + ": dim " + std::to_string(dim) + " is not a multiple of n_heads " + std::to_string(n_heads));
  }
  const std::size_t head_dim = dim / n_heads;
  return {
      .n_layers = config.size("n_layers"),
      .dim = dim,
      .vocabulary_size = config.size("vocab_size"),
      .n_token_types = 0,
      .norm_eps = 1e-12F,  // fixed in the reference
      .positions = LearnedPositions{.n_rows = config.size("max_position_embeddings")},
      .attention = {.n_heads = n_heads, .n_kv_heads = n_heads, .head_dim = head_dim, .scale = 1 / std::sqrt(static_cast<float>(head_dim))},
      .mlp = {.dim = config.size("hidden_dim"), .activation = config.activation("activation", "gelu")},
  };
}

const TensorNames& distilbert_tensors() {
  static const TensorNames names = {
      .token_embedding = "embeddings.word_embeddings",
      .position_embedding = "embeddings.position_embeddings",
      .token_type_embedding = "",
      .embedding_norm = "embeddings.LayerNorm",
      .query = "transformer.layer.{}.attention.q_lin",
      .key = "transformer.layer.{}.attention.k_lin",
      .value = "transformer.layer.{}.attention.v_lin",
      .attention_output = "transformer.layer.{}.attention.out_lin",
      .attention_norm = "transformer.layer.{}.sa_layer_norm",
      .up = "transformer.layer.{}.ffn.lin1",
      .down = "transformer.layer.{}.ffn.lin2",
      .mlp_norm = "transformer.layer.{}.output_layer_norm",
  };
  return names;
}

}  // namespace akin
