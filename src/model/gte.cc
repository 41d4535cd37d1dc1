// GTE v1.5 ("new"; Zhang et al., mGTE, 2024): BERT with rotary positions, fused query, key and value, and a GEGLU whose fused weight has
// the up half first. Tested by
// families_test.cc.
#include "family.h"

namespace akin {

TransformerSpec read_gte(const Config& config) {
  const std::string positions = config.text("position_embedding_type", "rope");
  if (positions != "rope") config.unsupported("position_embedding_type '" + positions + "' is not known; known is rope");
  if (const std::string norm = config.text("layer_norm_type", "layer_norm"); norm != "layer_norm") {
    config.unsupported("layer_norm_type '" + norm + "' is not known; known is layer_norm");
  }
  if (!config.flag("pack_qkv", true)) config.unsupported("'pack_qkv': false is not known to akin");
  TransformerSpec spec;
  spec.n_layers = config.layers("num_hidden_layers");
  spec.dim = config.size("hidden_size");
  spec.vocabulary_size = config.size("vocab_size");
  spec.n_token_types = config.count("type_vocab_size", 0);
  spec.norm.eps = config.number("layer_norm_eps", 1e-12F);
  spec.context_length = config.size("max_position_embeddings", kNoPositionLimit);
  spec.attention = even_heads(config, spec.dim, config.size("num_attention_heads"));
  spec.ropes = {read_rope(config, spec.attention.head_dim, 10000, 1)};
  spec.mlp = {
      .dim = config.size("intermediate_size"), .activation = config.activation("hidden_act", "gelu"), .gated = true, .up_first = true};
  return spec;
}

TensorNames gte_tensors(const Config& config, const TensorFile&) {
  TensorNames names;
  names.token_embedding = "embeddings.word_embeddings";
  if (config.count("type_vocab_size", 0) > 0) names.token_type_embedding = "embeddings.token_type_embeddings";
  names.embedding_norm = "embeddings.LayerNorm";
  names.fused_query_key_value = "encoder.layer.{}.attention.qkv_proj";
  names.attention_output = "encoder.layer.{}.attention.o_proj";
  names.attention_norm = "encoder.layer.{}.attn_ln";
  names.fused_up_gate = "encoder.layer.{}.mlp.up_gate_proj";
  names.down = "encoder.layer.{}.mlp.down_proj";
  names.mlp_norm = "encoder.layer.{}.mlp_ln";
  return names;
}

}  // namespace akin
