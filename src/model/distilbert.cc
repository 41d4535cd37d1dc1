// DistilBERT (Sanh et al., 2019): BERT without segments, half the layers, other names.
#include "family.h"

namespace akin {

TransformerSpec read_distilbert(const Config& config) {
  TransformerSpec spec;
  spec.n_layers = config.layers("n_layers");
  spec.dim = config.size("dim");
  spec.vocabulary_size = config.size("vocab_size");
  spec.norm.eps = 1e-12F;  // fixed in the reference
  spec.learned_positions = LearnedPositions{.n_rows = config.size("max_position_embeddings")};
  spec.attention = even_heads(config, spec.dim, config.size("n_heads"));
  spec.mlp = {.dim = config.size("hidden_dim"), .activation = config.activation("activation", "gelu")};
  return spec;
}

TensorNames distilbert_tensors(const Config&, const TensorFile&) {
  TensorNames names;
  names.token_embedding = "embeddings.word_embeddings";
  names.position_embedding = "embeddings.position_embeddings";
  names.embedding_norm = "embeddings.LayerNorm";
  names.query = "transformer.layer.{}.attention.q_lin";
  names.key = "transformer.layer.{}.attention.k_lin";
  names.value = "transformer.layer.{}.attention.v_lin";
  names.attention_output = "transformer.layer.{}.attention.out_lin";
  names.attention_norm = "transformer.layer.{}.sa_layer_norm";
  names.up = "transformer.layer.{}.ffn.lin1";
  names.down = "transformer.layer.{}.ffn.lin2";
  names.mlp_norm = "transformer.layer.{}.output_layer_norm";
  return names;
}

}  // namespace akin
