// Jina BERT v2 (Günther et al., 2023): BERT with symmetric ALiBi instead of positions and a gated MLP, so that it runs on long texts.
// Tested by families_test.cc.
#include "akin/nn/alibi.h"
#include "family.h"

namespace akin {

bool is_jina_bert(const Config& config) { return config.text("position_embedding_type", "") == "alibi"; }

TransformerSpec read_jina_bert(const Config& config) {
  TransformerSpec spec;
  spec.n_layers = config.layers("num_hidden_layers");
  spec.dim = config.size("hidden_size");
  spec.vocabulary_size = config.size("vocab_size");
  spec.n_token_types = config.count("type_vocab_size", 2);
  spec.norm.eps = config.number("layer_norm_eps", 1e-12F);
  spec.context_length = config.size("max_position_embeddings", kNoPositionLimit);
  spec.attention = even_heads(config, spec.dim, config.size("num_attention_heads"));
  spec.attention.alibi_slopes = nn::alibi_slopes(spec.attention.n_heads);
  const std::string kind = config.text("feed_forward_type", "geglu");
  if (kind != "geglu" && kind != "reglu") config.unsupported("feed_forward_type '" + kind + "' is not known; known are geglu, reglu");
  spec.mlp = {.dim = config.size("intermediate_size"),
              .activation = kind == "geglu" ? kernels::Activation::gelu : kernels::Activation::relu,
              .gated = true};
  return spec;
}

TensorNames jina_bert_tensors(const Config& config, const TensorFile& weights) {
  TensorNames names = bert_tensors(config, weights);
  names.position_embedding = "";
  names.up = "";
  names.fused_up_gate = "encoder.layer.{}.mlp.gated_layers";
  names.down = "encoder.layer.{}.mlp.wo";
  names.mlp_norm = "encoder.layer.{}.mlp.layernorm";
  return names;
}

}  // namespace akin
