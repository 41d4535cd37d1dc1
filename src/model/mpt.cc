// MPT (MosaicML, 2023): ALiBi with slopes of its own order, no biases, fused query, key and value, tied head. Tested by
// families_test.cc.
#include "akin/nn/alibi.h"
#include "family.h"

namespace akin {

TransformerSpec read_mpt(const Config& config) {
  TransformerSpec spec;
  spec.n_layers = config.layers("n_layers");
  spec.dim = config.size("d_model");
  spec.vocabulary_size = config.size("vocab_size");
  spec.norm = {.eps = config.number("layer_norm_epsilon", 1e-5F), .bias = false};
  spec.norm_place = NormPlace::before;
  spec.context_length = config.size("max_seq_len", kNoPositionLimit);
  spec.attention = even_heads(config, spec.dim, config.size("n_heads"));
  spec.attention.causal = config.flag("is_causal", true);
  double bias_max = 8;
  if (config.is_object("attn_config")) {
    const Config attention = config.child("attn_config");
    for (const char* key : {"qk_ln", "prefix_lm"}) refuse(attention, key);
    if (attention.has("clip_qkv") && attention.real("clip_qkv", 0) != 0) attention.unsupported("'clip_qkv' is not known to akin");
    if (!attention.flag("alibi", true)) attention.unsupported("'alibi': false (learned positions) is not known to akin");
    bias_max = attention.real("alibi_bias_max", 8);
    spec.attention.scale = attention.number("softmax_scale", spec.attention.scale);
  }
  spec.attention.alibi_slopes = nn::alibi_slopes_mpt(spec.attention.n_heads, bias_max);
  // The reference is four times as wide whatever expansion_ratio says.
  spec.mlp = {.dim = 4 * spec.dim, .activation = kernels::Activation::gelu};
  return spec;
}

TensorNames mpt_tensors(const Config&, const TensorFile&) {
  TensorNames names;
  names.token_embedding = "wte";
  names.fused_query_key_value = "blocks.{}.attn.Wqkv";
  names.attention_output = "blocks.{}.attn.out_proj";
  names.attention_norm = "blocks.{}.norm_1";
  names.up = "blocks.{}.ffn.up_proj";
  names.down = "blocks.{}.ffn.down_proj";
  names.mlp_norm = "blocks.{}.norm_2";
  names.final_norm = "norm_f";
  return names;
}

}  // namespace akin
