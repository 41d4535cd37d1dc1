// OPT (Zhang et al., 2022): learned positions from row 2 on, LayerNorm before the blocks, ReLU, tied head. Tested by
// families_test.cc.
#include "family.h"

namespace akin {
namespace {
constexpr std::size_t kFirstRow = 2;  // fixed in the reference
}

TransformerSpec read_opt(const Config& config) {
  refuse(config, "_remove_final_layer_norm");
  TransformerSpec spec;
  spec.n_layers = config.layers("num_hidden_layers");
  spec.dim = config.size("hidden_size");
  if (config.size("word_embed_proj_dim", spec.dim) != spec.dim) {
    config.unsupported("word_embed_proj_dim other than hidden_size is not known to akin");
  }
  spec.vocabulary_size = config.size("vocab_size");
  spec.norm = {.eps = 1e-5F, .bias = config.flag("layer_norm_elementwise_affine", true)};
  spec.norm_place = config.flag("do_layer_norm_before", true) ? NormPlace::before : NormPlace::after;
  spec.learned_positions = LearnedPositions{.n_rows = config.size("max_position_embeddings") + kFirstRow, .first = kFirstRow};
  spec.attention = even_heads(config, spec.dim, config.size("num_attention_heads"));
  spec.attention.causal = config.flag("is_causal", true);
  spec.mlp = {.dim = config.size("ffn_dim"), .activation = config.activation("activation_function", "relu")};
  return spec;
}

TensorNames opt_tensors(const Config& config, const TensorFile&) {
  TensorNames names;
  names.token_embedding = "embed_tokens";
  names.position_embedding = "embed_positions";
  names.query = "layers.{}.self_attn.q_proj";
  names.key = "layers.{}.self_attn.k_proj";
  names.value = "layers.{}.self_attn.v_proj";
  names.attention_output = "layers.{}.self_attn.out_proj";
  names.attention_norm = "layers.{}.self_attn_layer_norm";
  names.up = "layers.{}.fc1";
  names.down = "layers.{}.fc2";
  names.mlp_norm = "layers.{}.final_layer_norm";
  if (config.flag("do_layer_norm_before", true)) names.final_norm = "final_layer_norm";
  return names;
}

}  // namespace akin
