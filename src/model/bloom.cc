// BLOOM (BigScience, 2022): ALiBi, a norm after the embeddings, query, key and value fused head by head, tanh-GELU, tied head. Tested by
// families_test.cc.
#include "akin/nn/alibi.h"
#include "family.h"

namespace akin {

TransformerSpec read_bloom(const Config& config) {
  refuse(config, "apply_residual_connection_post_layernorm");
  TransformerSpec spec;
  spec.n_layers = config.layers("n_layer");
  spec.dim = config.size("hidden_size", config.size("n_embed", 0));
  spec.vocabulary_size = config.size("vocab_size");
  spec.norm.eps = config.number("layer_norm_epsilon", 1e-5F);
  spec.norm_place = NormPlace::before;
  spec.context_length = config.size("seq_length", kNoPositionLimit);
  spec.attention = even_heads(config, spec.dim, config.size("n_head"));
  spec.attention.causal = config.flag("is_causal", true);
  spec.attention.fused_order = nn::FusedOrder::by_group;
  spec.attention.alibi_slopes = nn::alibi_slopes(spec.attention.n_heads);
  spec.mlp = {.dim = 4 * spec.dim, .activation = kernels::Activation::gelu_tanh};
  return spec;
}

TensorNames bloom_tensors(const Config&, const TensorFile&) {
  TensorNames names;
  names.token_embedding = "word_embeddings";
  names.embedding_norm = "word_embeddings_layernorm";
  names.fused_query_key_value = "h.{}.self_attention.query_key_value";
  names.attention_output = "h.{}.self_attention.dense";
  names.attention_norm = "h.{}.input_layernorm";
  names.up = "h.{}.mlp.dense_h_to_4h";
  names.down = "h.{}.mlp.dense_4h_to_h";
  names.mlp_norm = "h.{}.post_attention_layernorm";
  names.final_norm = "ln_f";
  return names;
}

}  // namespace akin
