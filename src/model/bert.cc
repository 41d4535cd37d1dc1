// BERT (Devlin et al., 2018): learned absolute positions, segment table, LayerNorm after each block, GELU. RoBERTa, CamemBERT and XLM-R are
// the same with positions that start behind the padding token's id.
#include "akin/base/error.h"
#include "family.h"

namespace akin {

TransformerSpec read_bert(const Config& config) {
  const std::string positions = config.text("position_embedding_type", "absolute");
  if (positions != "absolute") config.unsupported("position_embedding_type '" + positions + "' is not known; known is absolute");
  TransformerSpec spec;
  spec.n_layers = config.layers("num_hidden_layers");
  spec.dim = config.size("hidden_size");
  spec.vocabulary_size = config.size("vocab_size");
  spec.n_token_types = config.count("type_vocab_size", 2);
  spec.norm.eps = config.number("layer_norm_eps", 1e-12F);
  spec.learned_positions = LearnedPositions{.n_rows = config.size("max_position_embeddings")};
  spec.attention = even_heads(config, spec.dim, config.size("num_attention_heads"));
  spec.attention.causal = config.flag("is_decoder", false);
  spec.mlp = {.dim = config.size("intermediate_size"), .activation = config.activation("hidden_act", "gelu")};
  return spec;
}

TransformerSpec read_roberta(const Config& config) {
  TransformerSpec spec = read_bert(config);
  spec.learned_positions->first = config.count("pad_token_id", 1) + 1;
  if (spec.learned_positions->first >= spec.learned_positions->n_rows) {
    config.fail("max_position_embeddings", "above pad_token_id + 1");
  }
  return spec;
}

TensorNames bert_tensors(const Config& config, const TensorFile&) {
  TensorNames names;
  names.token_embedding = "embeddings.word_embeddings";
  names.position_embedding = "embeddings.position_embeddings";
  if (config.count("type_vocab_size", 2) > 0) names.token_type_embedding = "embeddings.token_type_embeddings";
  names.embedding_norm = "embeddings.LayerNorm";
  names.query = "encoder.layer.{}.attention.self.query";
  names.key = "encoder.layer.{}.attention.self.key";
  names.value = "encoder.layer.{}.attention.self.value";
  names.attention_output = "encoder.layer.{}.attention.output.dense";
  names.attention_norm = "encoder.layer.{}.attention.output.LayerNorm";
  names.up = "encoder.layer.{}.intermediate.dense";
  names.down = "encoder.layer.{}.output.dense";
  names.mlp_norm = "encoder.layer.{}.output.LayerNorm";
  return names;
}

std::optional<HeadSpec> bert_head(const Config& config, const TensorFile& weights) {
  if (weights.find("cls.predictions.transform.dense.weight") == nullptr) return std::nullopt;
  return HeadSpec{.tied = true,
                  .output = "",
                  .bias = "cls.predictions.bias",
                  .transform = "cls.predictions.transform.dense",
                  .transform_norm = "cls.predictions.transform.LayerNorm",
                  .activation = config.activation("hidden_act", "gelu")};
}

std::optional<HeadSpec> roberta_head(const Config&, const TensorFile& weights) {
  if (weights.find("lm_head.dense.weight") == nullptr) return std::nullopt;
  return HeadSpec{.tied = true,
                  .output = "",
                  .bias = "lm_head.bias",
                  .transform = "lm_head.dense",
                  .transform_norm = "lm_head.layer_norm",
                  .activation = kernels::Activation::gelu};
}

}  // namespace akin
