// Gemma (2024) and Gemma 3 (2025): LLaMA's layers with embeddings times √dim, RMSNorm by 1 + weight and GEGLU; Gemma 3 has norms of heads
// and of each block's output, two rotations and sliding layers, and looks both ways as EmbeddingGemma. Tested by
// families_test.cc.
#include <cmath>

#include "family.h"

namespace akin {
namespace {

constexpr std::size_t kSlidingPattern = 6;  // every sixth layer is global where layer_types is not given

bool slides(const Config& config, const std::vector<std::string>& types, std::size_t layer) {
  if (!types.empty()) return types[layer] == "sliding_attention";
  return (layer + 1) % config.size("sliding_window_pattern", config.size("_sliding_window_pattern", kSlidingPattern)) != 0;
}

}  // namespace

TransformerSpec read_gemma(const Config& config) {
  for (const char* key : {"attn_logit_softcapping", "final_logit_softcapping"}) {
    if (config.has(key)) config.unsupported(std::string("'") + key + "' is not known to akin");
  }
  TransformerSpec spec = read_llama(config);
  spec.norm.add_one = true;
  spec.embedding_scale = std::sqrt(static_cast<float>(spec.dim));
  spec.mlp.activation = config.activation("hidden_activation", "gelu_pytorch_tanh");
  return spec;
}

TransformerSpec read_gemma3(const Config& config) {
  TransformerSpec spec = read_gemma(config);
  spec.attention.head_norm = spec.norm;
  const float scalar = config.number("query_pre_attn_scalar", 256);
  if (!(scalar > 0)) config.fail("query_pre_attn_scalar", "above 0");
  spec.attention.scale = 1 / std::sqrt(scalar);
  nn::RopeSpec local;
  local.dim = spec.ropes[0].dim;
  local.theta = layer_rope_theta(config, "sliding_attention", config.real("rope_local_base_freq", 10000));
  if (!(local.theta > 0)) config.fail("rope_local_base_freq", "above 0");
  if (!config.has("rope_theta")) spec.ropes[0].theta = layer_rope_theta(config, "full_attention", 1000000);
  spec.ropes.push_back(local);
  const std::size_t sliding = config.size("sliding_window", 4096);
  // With both directions transformers halves the window: keys nearer than sliding / 2 + 1 on either side.
  const std::size_t window = spec.attention.causal ? sliding - 1 : sliding / 2;
  const std::vector<std::string> types = config.texts("layer_types");
  if (!types.empty() && types.size() != spec.n_layers) config.fail("layer_types", "one entry a layer");
  for (std::size_t layer = 0; layer < spec.n_layers; ++layer) {
    spec.patterns.push_back(slides(config, types, layer) ? nn::AttentionPattern{.window = window, .rope = 1} : nn::AttentionPattern{});
  }
  return spec;
}

TensorNames gemma_tensors(const Config& config, const TensorFile& weights) { return llama_tensors(config, weights); }

TensorNames gemma3_tensors(const Config& config, const TensorFile& weights) {
  TensorNames names = qwen3_tensors(config, weights);
  names.attention_post_norm = "layers.{}.post_attention_layernorm";
  names.mlp_norm = "layers.{}.pre_feedforward_layernorm";
  names.mlp_post_norm = "layers.{}.post_feedforward_layernorm";
  return names;
}

}  // namespace akin
