// ModernBERT (Warner et al., 2024): rotary positions with two bases, every third layer global and the others local, norms before the
// blocks, GEGLU, no biases. Tested by
// families_test.cc.
#include "family.h"

namespace akin {

TransformerSpec read_modernbert(const Config& config) {
  TransformerSpec spec;
  spec.n_layers = config.layers("num_hidden_layers");
  spec.dim = config.size("hidden_size");
  spec.vocabulary_size = config.size("vocab_size");
  spec.norm = {.eps = config.number("norm_eps", 1e-5F), .bias = config.flag("norm_bias", false)};
  spec.norm_place = NormPlace::before;
  spec.first_layer_has_attention_norm = false;
  spec.context_length = config.size("max_position_embeddings", 8192);
  spec.attention = even_heads(config, spec.dim, config.size("num_attention_heads"));
  nn::RopeSpec global, local;
  global.dim = local.dim = spec.attention.head_dim;
  if (global.dim % 2 != 0) config.unsupported("rotary positions over an odd head of " + std::to_string(global.dim));
  global.theta = layer_rope_theta(config, "full_attention", config.real("global_rope_theta", 160000));
  local.theta = layer_rope_theta(config, "sliding_attention", config.real("local_rope_theta", global.theta));
  if (!(global.theta > 0 && local.theta > 0)) config.fail("global_rope_theta", "above 0, as must local_rope_theta");
  spec.ropes = {global, local};
  const std::size_t every = config.size("global_attn_every_n_layers", 3);
  const std::size_t window = config.size("local_attention", 128) / 2;
  for (std::size_t layer = 0; layer < spec.n_layers; ++layer) {
    spec.patterns.push_back(layer % every == 0 ? nn::AttentionPattern{} : nn::AttentionPattern{.window = window, .rope = 1});
  }
  spec.mlp = {.dim = config.size("intermediate_size"), .activation = config.activation("hidden_activation", "gelu"), .gated = true};
  return spec;
}

TensorNames modernbert_tensors(const Config&, const TensorFile&) {
  TensorNames names;
  names.token_embedding = "embeddings.tok_embeddings";
  names.embedding_norm = "embeddings.norm";
  names.fused_query_key_value = "layers.{}.attn.Wqkv";
  names.attention_output = "layers.{}.attn.Wo";
  names.attention_norm = "layers.{}.attn_norm";
  names.fused_up_gate = "layers.{}.mlp.Wi";
  names.down = "layers.{}.mlp.Wo";
  names.mlp_norm = "layers.{}.mlp_norm";
  names.final_norm = "final_norm";
  return names;
}

std::optional<HeadSpec> modernbert_head(const Config& config, const TensorFile& weights) {
  if (weights.find("head.dense.weight") == nullptr) return std::nullopt;
  return HeadSpec{.tied = true,
                  .output = "",
                  .bias = "decoder.bias",
                  .transform = "head.dense",
                  .transform_norm = "head.norm",
                  .activation = config.activation("classifier_activation", "gelu")};
}

}  // namespace akin
