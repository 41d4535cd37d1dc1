// nomic-bert (Nussbaum et al., 2024): BERT with rotary positions, a gated MLP, one fused weight for query, key and value, and no biases.
// Tested by families_test.cc.
#include "family.h"

namespace akin {
namespace {

struct NomicActivation {
  std::string_view name;
  kernels::Activation activation;
  bool gated;
};
constexpr NomicActivation kNomicActivations[] = {
    {"swiglu", kernels::Activation::silu, true}, {"geglu", kernels::Activation::gelu, true}, {"gelu", kernels::Activation::gelu, false}};

NomicActivation read_activation(const Config& config) {
  const std::string name = config.text("activation_function", "swiglu");
  for (const NomicActivation& known : kNomicActivations) {
    if (known.name == name) return known;
  }
  config.unsupported("activation_function '" + name + "' is not known; known are swiglu, geglu, gelu");
}

}  // namespace

TransformerSpec read_nomic_bert(const Config& config) {
  for (const char* key : {"prenorm", "parallel_block", "use_rms_norm", "causal", "rotary_emb_interleaved"}) refuse(config, key);
  if (config.has("rotary_emb_scale_base")) config.unsupported("'rotary_emb_scale_base' (xPos) is not known to akin");
  TransformerSpec spec;
  spec.n_layers = config.layers("n_layer");
  spec.dim = config.size("n_embd");
  spec.vocabulary_size = config.size("vocab_size");
  spec.n_token_types = config.count("type_vocab_size", 2);
  spec.norm.eps = config.number("layer_norm_epsilon", 1e-12F);
  spec.context_length = config.size("n_positions", kNoPositionLimit);
  spec.attention = even_heads(config, spec.dim, config.size("n_head"));
  nn::RopeSpec rope =
      read_rope(config, spec.attention.head_dim, config.real("rotary_emb_base", 10000), config.real("rotary_emb_fraction", 1));
  if (config.has("rotary_scaling_factor")) {
    rope.scaling.kind = nn::RopeScalingKind::dynamic_ntk;
    rope.scaling.factor = config.real("rotary_scaling_factor", 1);
    rope.scaling.original_positions = config.size("max_trained_positions", 2048);
    if (!(rope.scaling.factor > 0)) config.fail("rotary_scaling_factor", "above 0");
  }
  spec.ropes = {rope};
  const NomicActivation activation = read_activation(config);
  spec.mlp = {.dim = config.size("n_inner", 4 * spec.dim), .activation = activation.activation, .gated = activation.gated};
  return spec;
}

TensorNames nomic_bert_tensors(const Config& config, const TensorFile&) {
  TensorNames names;
  names.token_embedding = "embeddings.word_embeddings";
  if (config.count("type_vocab_size", 2) > 0) names.token_type_embedding = "embeddings.token_type_embeddings";
  names.embedding_norm = "emb_ln";
  names.fused_query_key_value = "encoder.layers.{}.attn.Wqkv";
  names.attention_output = "encoder.layers.{}.attn.out_proj";
  names.attention_norm = "encoder.layers.{}.norm1";
  const bool gated = read_activation(config).gated;
  names.up = gated ? "encoder.layers.{}.mlp.fc11" : "encoder.layers.{}.mlp.fc1";
  if (gated) names.gate = "encoder.layers.{}.mlp.fc12";
  names.down = "encoder.layers.{}.mlp.fc2";
  names.mlp_norm = "encoder.layers.{}.norm2";
  return names;
}

}  // namespace akin
