// Falcon (TII, 2023): rotary positions or ALiBi, one or few key heads, attention and MLP side by side with one norm or two, tied head.
// Tested by families_test.cc.
#include <cmath>

#include "akin/nn/alibi.h"
#include "family.h"

namespace akin {
namespace {

bool is_new(const Config& config) { return config.flag("new_decoder_architecture", false); }
bool is_parallel(const Config& config) { return is_new(config) || config.flag("parallel_attn", true); }
bool has_two_norms(const Config& config) {
  return is_parallel(config) && config.size("num_ln_in_parallel_attn", is_new(config) ? 2 : 1) == 2;
}

}  // namespace

TransformerSpec read_falcon(const Config& config) {
  TransformerSpec spec;
  spec.n_layers = config.layers("num_hidden_layers");
  spec.dim = config.size("hidden_size");
  spec.vocabulary_size = config.size("vocab_size");
  spec.norm.eps = config.number("layer_norm_epsilon", 1e-5F);
  spec.norm_place = NormPlace::before;
  spec.parallel = is_parallel(config);
  spec.context_length = config.size("max_position_embeddings", 2048);
  spec.attention = even_heads(config, spec.dim, config.size("num_attention_heads"));
  spec.attention.causal = config.flag("is_causal", true);
  if (is_new(config)) {
    spec.attention.n_kv_heads = config.size("num_kv_heads", spec.attention.n_heads);
    if (spec.attention.n_heads % spec.attention.n_kv_heads != 0) config.fail("num_kv_heads", "a divisor of num_attention_heads");
    spec.attention.fused_order = nn::FusedOrder::by_group;
  } else if (config.flag("multi_query", true)) {
    spec.attention.n_kv_heads = 1;
  } else {
    spec.attention.fused_order = nn::FusedOrder::by_group;
  }
  if (config.flag("alibi", false)) {
    spec.attention.alibi_slopes = nn::alibi_slopes(spec.attention.n_heads);
    for (float& slope : spec.attention.alibi_slopes) slope *= spec.attention.scale;  // added before the scaling there
  } else {
    spec.ropes = {read_rope(config, spec.attention.head_dim, 10000, 1)};
  }
  spec.mlp = {.dim = config.size("ffn_hidden_size", 4 * spec.dim), .activation = config.activation("activation", "gelu")};
  return spec;
}

TensorNames falcon_tensors(const Config& config, const TensorFile&) {
  TensorNames names;
  names.token_embedding = "word_embeddings";
  names.fused_query_key_value = "h.{}.self_attention.query_key_value";
  names.attention_output = "h.{}.self_attention.dense";
  names.attention_norm = has_two_norms(config) ? "h.{}.ln_attn" : "h.{}.input_layernorm";
  names.up = "h.{}.mlp.dense_h_to_4h";
  names.down = "h.{}.mlp.dense_4h_to_h";
  if (has_two_norms(config)) {
    names.mlp_norm = "h.{}.ln_mlp";
  } else if (!is_parallel(config)) {
    names.mlp_norm = "h.{}.post_attention_layernorm";
  }
  names.final_norm = "ln_f";
  return names;
}

}  // namespace akin
