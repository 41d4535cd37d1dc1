// GPT-NeoX (Black et al., 2022; Pythia): rotary positions on a part of each head, attention and MLP side by side, query, key and value
// fused head by head, an output table of its own. Tested by
// families_test.cc.
#include "family.h"

namespace akin {

TransformerSpec read_gpt_neox(const Config& config) {
  TransformerSpec spec;
  spec.n_layers = config.layers("num_hidden_layers");
  spec.dim = config.size("hidden_size");
  spec.vocabulary_size = config.size("vocab_size");
  spec.norm.eps = config.number("layer_norm_eps", 1e-5F);
  spec.norm_place = NormPlace::before;
  spec.parallel = config.flag("use_parallel_residual", true);
  spec.context_length = config.size("max_position_embeddings", kNoPositionLimit);
  spec.attention = even_heads(config, spec.dim, config.size("num_attention_heads"));
  spec.attention.causal = config.flag("is_causal", true);
  spec.attention.fused_order = nn::FusedOrder::by_group;
  spec.ropes = {read_rope(config, spec.attention.head_dim, config.real("rotary_emb_base", 10000),
                          config.real("partial_rotary_factor", config.real("rotary_pct", 0.25)))};
  spec.mlp = {.dim = config.size("intermediate_size"), .activation = config.activation("hidden_act", "gelu")};
  return spec;
}

TensorNames gpt_neox_tensors(const Config&, const TensorFile&) {
  TensorNames names;
  names.token_embedding = "embed_in";
  names.fused_query_key_value = "layers.{}.attention.query_key_value";
  names.attention_output = "layers.{}.attention.dense";
  names.attention_norm = "layers.{}.input_layernorm";
  names.up = "layers.{}.mlp.dense_h_to_4h";
  names.down = "layers.{}.mlp.dense_4h_to_h";
  names.mlp_norm = "layers.{}.post_attention_layernorm";
  names.final_norm = "final_layer_norm";
  return names;
}

std::optional<HeadSpec> gpt_neox_head(const Config& config, const TensorFile& weights) {
  HeadSpec head;
  head.tied = config.flag("tie_word_embeddings", false);
  if (head.tied) return head;
  if (weights.find("embed_out.weight") == nullptr) return std::nullopt;
  head.output = "embed_out";
  return head;
}

}  // namespace akin
