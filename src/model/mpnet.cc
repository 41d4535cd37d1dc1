// MPNet (Song et al., 2020): BERT with learned positions from row 2 on and T5's relative buckets, one table for all layers. Tested by
// families_test.cc.
#include "family.h"

namespace akin {

TransformerSpec read_mpnet(const Config& config) {
  TransformerSpec spec;
  spec.n_layers = config.layers("num_hidden_layers");
  spec.dim = config.size("hidden_size");
  spec.vocabulary_size = config.size("vocab_size");
  spec.norm.eps = config.number("layer_norm_eps", 1e-12F);
  spec.learned_positions = LearnedPositions{.n_rows = config.size("max_position_embeddings"), .first = config.count("pad_token_id", 1) + 1};
  if (spec.learned_positions->first >= spec.learned_positions->n_rows) config.fail("max_position_embeddings", "above pad_token_id + 1");
  spec.attention = even_heads(config, spec.dim, config.size("num_attention_heads"));
  spec.attention.relative_bias = nn::RelativeBuckets{};  // the reference computes 32 buckets whatever the configuration says
  spec.mlp = {.dim = config.size("intermediate_size"), .activation = config.activation("hidden_act", "gelu")};
  return spec;
}

TensorNames mpnet_tensors(const Config&, const TensorFile&) {
  TensorNames names;
  names.token_embedding = "embeddings.word_embeddings";
  names.position_embedding = "embeddings.position_embeddings";
  names.embedding_norm = "embeddings.LayerNorm";
  names.query = "encoder.layer.{}.attention.attn.q";
  names.key = "encoder.layer.{}.attention.attn.k";
  names.value = "encoder.layer.{}.attention.attn.v";
  names.attention_output = "encoder.layer.{}.attention.attn.o";
  names.attention_norm = "encoder.layer.{}.attention.LayerNorm";
  names.up = "encoder.layer.{}.intermediate.dense";
  names.down = "encoder.layer.{}.output.dense";
  names.mlp_norm = "encoder.layer.{}.output.LayerNorm";
  names.relative_bias = "encoder.relative_attention_bias";
  return names;
}

}  // namespace akin
