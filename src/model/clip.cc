// The text towers of CLIP (Radford et al., 2021) and SigLIP (Zhai et al., 2023): learned positions, LayerNorm before the blocks; CLIP's is
// causal. config.json is the tower's own or that of both towers, with the text's under "text_config". Tested by
// families_test.cc.
#include "family.h"

namespace akin {
namespace {

struct TowerDefaults {  // what the reference takes where config.json leaves a key out
  std::size_t dim, layers, heads, inner, vocabulary, positions;
  const char* activation;
  float eps;
};

Config text_config(const Config& config) { return config.is_object("text_config") ? config.child("text_config") : config; }

TransformerSpec read_tower(const Config& config, const TowerDefaults& missing) {
  TransformerSpec spec;
  spec.n_layers = config.has("num_hidden_layers") ? config.layers("num_hidden_layers") : missing.layers;
  spec.dim = config.size("hidden_size", missing.dim);
  spec.vocabulary_size = config.size("vocab_size", missing.vocabulary);
  spec.norm.eps = config.number("layer_norm_eps", missing.eps);
  spec.norm_place = NormPlace::before;
  spec.learned_positions = LearnedPositions{.n_rows = config.size("max_position_embeddings", missing.positions)};
  spec.attention = even_heads(config, spec.dim, config.size("num_attention_heads", missing.heads));
  spec.mlp = {.dim = config.size("intermediate_size", missing.inner), .activation = config.activation("hidden_act", missing.activation)};
  return spec;
}

}  // namespace

TransformerSpec read_clip_text(const Config& config) {
  TransformerSpec spec = read_tower(text_config(config), {512, 12, 8, 2048, 49408, 77, "quick_gelu", 1e-5F});
  spec.attention.causal = true;
  return spec;
}

TransformerSpec read_siglip_text(const Config& config) {
  return read_tower(text_config(config), {768, 12, 12, 3072, 32000, 64, "gelu_pytorch_tanh", 1e-6F});
}

TensorNames clip_text_tensors(const Config&, const TensorFile&) {
  TensorNames names;
  names.token_embedding = "embeddings.token_embedding";
  names.position_embedding = "embeddings.position_embedding";
  names.query = "encoder.layers.{}.self_attn.q_proj";
  names.key = "encoder.layers.{}.self_attn.k_proj";
  names.value = "encoder.layers.{}.self_attn.v_proj";
  names.attention_output = "encoder.layers.{}.self_attn.out_proj";
  names.attention_norm = "encoder.layers.{}.layer_norm1";
  names.up = "encoder.layers.{}.mlp.fc1";
  names.down = "encoder.layers.{}.mlp.fc2";
  names.mlp_norm = "encoder.layers.{}.layer_norm2";
  names.final_norm = "final_layer_norm";
  return names;
}

}  // namespace akin
