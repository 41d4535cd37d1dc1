// T5's encoder (Raffel et al., 2020): relative buckets, RMSNorm before the blocks, scores that are not scaled, no biases; the MLP plain
// (v1.0) or gated (v1.1, FLAN). Tested by
// families_test.cc.
#include "family.h"

namespace akin {
namespace {

/// feed_forward_proj: "relu", "gated-gelu"; "gelu" after "gated-" means the tanh form.
nn::MlpSpec read_mlp(const Config& config) {
  std::string kind = config.text("feed_forward_proj", "relu");
  nn::MlpSpec mlp;
  mlp.dim = config.size("d_ff");
  mlp.gated = kind.starts_with("gated-");
  if (mlp.gated) kind = kind.substr(6);
  if (kind == "gelu" && mlp.gated) kind = "gelu_new";
  mlp.activation = config.has("dense_act_fn") ? config.activation("dense_act_fn", "relu") : config.activation("no such key", kind.c_str());
  return mlp;
}

}  // namespace

TransformerSpec read_t5(const Config& config) {
  TransformerSpec spec;
  spec.n_layers = config.layers("num_layers");
  spec.dim = config.size("d_model");
  spec.vocabulary_size = config.size("vocab_size");
  spec.norm = {.kind = nn::NormKind::rms, .eps = config.number("layer_norm_epsilon", 1e-6F)};
  spec.norm_place = NormPlace::before;
  spec.context_length = config.size("n_positions", kNoPositionLimit);
  spec.attention.n_heads = spec.attention.n_kv_heads = config.size("num_heads");
  spec.attention.head_dim = config.size("d_kv");
  if (spec.attention.n_heads > (std::size_t{1} << 24) / spec.attention.head_dim) config.fail("num_heads", "fewer heads, or narrower ones");
  spec.attention.scale = 1;
  nn::RelativeBuckets buckets{.n_buckets = config.size("relative_attention_num_buckets", 32),
                              .max_distance = config.size("relative_attention_max_distance", 128)};
  if (buckets.n_buckets < 4 || buckets.n_buckets > 65536 || buckets.max_distance <= buckets.n_buckets / 4) {
    config.fail("relative_attention_num_buckets", "from 4 to 65536, with a quarter of it below relative_attention_max_distance");
  }
  spec.attention.relative_bias = buckets;
  spec.mlp = read_mlp(config);
  return spec;
}

TensorNames t5_tensors(const Config& config, const TensorFile& weights) {
  TensorNames names;
  names.token_embedding = weights.find("shared.weight") != nullptr ? "shared" : "encoder.embed_tokens";
  names.query = "encoder.block.{}.layer.0.SelfAttention.q";
  names.key = "encoder.block.{}.layer.0.SelfAttention.k";
  names.value = "encoder.block.{}.layer.0.SelfAttention.v";
  names.attention_output = "encoder.block.{}.layer.0.SelfAttention.o";
  names.attention_norm = "encoder.block.{}.layer.0.layer_norm";
  const bool gated = read_mlp(config).gated;
  names.up = gated ? "encoder.block.{}.layer.1.DenseReluDense.wi_1" : "encoder.block.{}.layer.1.DenseReluDense.wi";
  if (gated) names.gate = "encoder.block.{}.layer.1.DenseReluDense.wi_0";
  names.down = "encoder.block.{}.layer.1.DenseReluDense.wo";
  names.mlp_norm = "encoder.block.{}.layer.1.layer_norm";
  names.relative_bias = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias";
  names.final_norm = "encoder.final_layer_norm";
  return names;
}

}  // namespace akin
