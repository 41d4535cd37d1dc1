// LLaMA (Touvron et al., 2023) and what is built like it: Mistral (sliding window), Qwen2 (biases of query, key and value), Qwen3 (norms of
// the heads): rotary positions, RMSNorm before the blocks, SwiGLU, grouped queries. Tested by
// families_test.cc.
#include "family.h"

namespace akin {
namespace {

/// Position i sees itself and the `sliding_window` − 1 before it, on the layers that `layer_types` calls sliding.
void read_window(const Config& config, TransformerSpec& spec, bool all_layers) {
  if (!config.has("sliding_window")) return;
  const std::size_t window = config.size("sliding_window") - 1;
  const std::vector<std::string> types = config.texts("layer_types");
  if (types.empty() && !all_layers) return;
  if (!types.empty() && types.size() != spec.n_layers) config.fail("layer_types", "one entry a layer");
  for (std::size_t layer = 0; layer < spec.n_layers; ++layer) {
    const bool slides = types.empty() ? all_layers : types[layer] == "sliding_attention";
    spec.patterns.push_back({.window = slides ? window : kernels::kNoWindow});
  }
}

}  // namespace

TransformerSpec read_llama(const Config& config) {
  TransformerSpec spec;
  spec.n_layers = config.layers("num_hidden_layers");
  spec.dim = config.size("hidden_size");
  spec.vocabulary_size = config.size("vocab_size");
  spec.norm = {.kind = nn::NormKind::rms, .eps = config.number("rms_norm_eps", 1e-6F)};
  spec.norm_place = NormPlace::before;
  spec.context_length = config.size("max_position_embeddings", 2048);
  spec.attention = grouped_heads(config, spec.dim);
  spec.ropes = {read_rope(config, spec.attention.head_dim, 10000, config.real("partial_rotary_factor", 1))};
  spec.mlp = {.dim = config.size("intermediate_size"), .activation = config.activation("hidden_act", "silu"), .gated = true};
  return spec;
}

TransformerSpec read_mistral(const Config& config) {
  TransformerSpec spec = read_llama(config);
  read_window(config, spec, true);
  return spec;
}

TransformerSpec read_qwen2(const Config& config) {
  TransformerSpec spec = read_llama(config);
  if (config.flag("use_sliding_window", false)) {
    if (!config.has("layer_types")) {  // before layer_types: the layers from max_window_layers on
      const std::size_t first = config.count("max_window_layers", 28);
      const std::size_t window = config.size("sliding_window", 4096) - 1;
      for (std::size_t layer = 0; layer < spec.n_layers; ++layer) {
        spec.patterns.push_back({.window = layer >= first ? window : kernels::kNoWindow});
      }
    } else {
      read_window(config, spec, false);
    }
  }
  return spec;
}

TransformerSpec read_qwen3(const Config& config) {
  TransformerSpec spec = read_qwen2(config);
  spec.attention.head_norm = spec.norm;
  return spec;
}

TensorNames llama_tensors(const Config&, const TensorFile&) {
  TensorNames names;
  names.token_embedding = "embed_tokens";
  names.query = "layers.{}.self_attn.q_proj";
  names.key = "layers.{}.self_attn.k_proj";
  names.value = "layers.{}.self_attn.v_proj";
  names.attention_output = "layers.{}.self_attn.o_proj";
  names.attention_norm = "layers.{}.input_layernorm";
  names.up = "layers.{}.mlp.up_proj";
  names.gate = "layers.{}.mlp.gate_proj";
  names.down = "layers.{}.mlp.down_proj";
  names.mlp_norm = "layers.{}.post_attention_layernorm";
  names.final_norm = "norm";
  return names;
}

TensorNames qwen3_tensors(const Config& config, const TensorFile& weights) {
  TensorNames names = llama_tensors(config, weights);
  names.query_norm = "layers.{}.self_attn.q_norm";
  names.key_norm = "layers.{}.self_attn.k_norm";
  return names;
}

}  // namespace akin
