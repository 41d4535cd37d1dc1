// GPT-2 (Radford et al., 2019): learned positions, LayerNorm before the blocks, weights that lie (in, out), tied head. Tested by
// families_test.cc.
#include <cmath>

#include "family.h"

namespace akin {

TransformerSpec read_gpt2(const Config& config) {
  for (const char* key : {"scale_attn_by_inverse_layer_idx", "add_cross_attention"}) refuse(config, key);
  TransformerSpec spec;
  spec.n_layers = config.layers("n_layer");
  spec.dim = config.size("n_embd");
  spec.vocabulary_size = config.size("vocab_size");
  spec.norm.eps = config.number("layer_norm_epsilon", 1e-5F);
  spec.norm_place = NormPlace::before;
  spec.learned_positions = LearnedPositions{.n_rows = config.size("n_positions")};
  spec.attention = even_heads(config, spec.dim, config.size("n_head"));
  spec.attention.causal = config.flag("is_causal", true);
  if (!config.flag("scale_attn_weights", true)) spec.attention.scale = 1;
  spec.mlp = {.dim = config.size("n_inner", 4 * spec.dim), .activation = config.activation("activation_function", "gelu_new")};
  spec.weight_order = nn::WeightOrder::rows_are_inputs;
  return spec;
}

TensorNames gpt2_tensors(const Config&, const TensorFile&) {
  TensorNames names;
  names.token_embedding = "wte";
  names.position_embedding = "wpe";
  names.fused_query_key_value = "h.{}.attn.c_attn";
  names.attention_output = "h.{}.attn.c_proj";
  names.attention_norm = "h.{}.ln_1";
  names.up = "h.{}.mlp.c_fc";
  names.down = "h.{}.mlp.c_proj";
  names.mlp_norm = "h.{}.ln_2";
  names.final_norm = "ln_f";
  return names;
}

}  // namespace akin
