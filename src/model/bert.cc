// BERT (Devlin et al., 2018): learned absolute positions, segment table, LayerNorm after each block, GELU.
#include <cmath>

#include "akin/base/error.h"
#include "family.h"

namespace akin {

TransformerSpec read_bert(const Config& config) {
  const std::string positions = config.text("position_embedding_type", "absolute");
  if (positions != "absolute") {
    throw Error(ErrorCode::unsupported, config.where() + ": position_embedding_type '" + positions + "' is not known; known is absolute");
  }
  const std::size_t dim = config.size("hidden_size");
  const std::size_t n_heads = config.size("num_attention_heads");
  if (dim % n_heads != 0) {
    throw Error(ErrorCode::corrupt, config.where() + ": hidden_size " + std::to_string(dim) + " is not a multiple of num_attention_heads " +
                                        std::to_string(n_heads));
  }
  const std::size_t head_dim = dim / n_heads;
  return {
      .n_layers = config.size("num_hidden_layers"),
      .dim = dim,
      .vocabulary_size = config.size("vocab_size"),
      .n_token_types = config.size("type_vocab_size", 2),
      .norm_eps = config.number("layer_norm_eps", 1e-12F),
      .positions = LearnedPositions{.n_rows = config.size("max_position_embeddings")},
      .attention = {.n_heads = n_heads, .n_kv_heads = n_heads, .head_dim = head_dim, .scale = 1 / std::sqrt(static_cast<float>(head_dim))},
      .mlp = {.dim = config.size("intermediate_size"), .activation = config.activation("hidden_act", "gelu")},
  };
}

const TensorNames& bert_tensors() {
  static const TensorNames names = {
      .token_embedding = "embeddings.word_embeddings",
      .position_embedding = "embeddings.position_embeddings",
      .token_type_embedding = "embeddings.token_type_embeddings",
      .embedding_norm = "embeddings.LayerNorm",
      .query = "encoder.layer.{}.attention.self.query",
      .key = "encoder.layer.{}.attention.self.key",
      .value = "encoder.layer.{}.attention.self.value",
      .attention_output = "encoder.layer.{}.attention.output.dense",
      .attention_norm = "encoder.layer.{}.attention.output.LayerNorm",
      .up = "encoder.layer.{}.intermediate.dense",
      .down = "encoder.layer.{}.output.dense",
      .mlp_norm = "encoder.layer.{}.output.LayerNorm",
  };
  return names;
}

}  // namespace akin
