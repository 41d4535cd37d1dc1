#include "akin/model/classifier.h"

#include <array>

#include "akin/base/error.h"
#include "config.h"

namespace akin {
namespace {

using kernels::Activation;
using nn::PoolingMode;

ClassifierSpec read_bert_head(const Config&) { return {PoolingMode::cls, "bert.pooler.dense", Activation::tanh, "", "classifier"}; }
ClassifierSpec read_gte_head(const Config&) { return {PoolingMode::cls, "new.pooler.dense", Activation::tanh, "", "classifier"}; }
ClassifierSpec read_roberta_head(const Config&) {
  return {PoolingMode::cls, "classifier.dense", Activation::tanh, "", "classifier.out_proj"};
}
ClassifierSpec read_distilbert_head(const Config&) { return {PoolingMode::cls, "pre_classifier", Activation::relu, "", "classifier"}; }

ClassifierSpec read_modernbert_head(const Config& config) {
  const std::string pooling = config.text("classifier_pooling", "cls");
  if (pooling != "cls" && pooling != "mean") config.unsupported("classifier_pooling '" + pooling + "' is not known; known are cls, mean");
  return {nn::pooling_mode_from(pooling), "head.dense", config.activation("classifier_activation", "gelu"), "head.norm", "classifier"};
}

/// Decoders: the last token, which has seen all others.
ClassifierSpec read_decoder_head(const Config& config) {
  ClassifierSpec spec{PoolingMode::lasttoken, "", Activation::none, "", "score"};
  const double pad = config.real("pad_token_id", -1);
  if (pad >= 0 && pad < 1e9) spec.pad_id = static_cast<std::int32_t>(pad);
  return spec;
}

struct Head {
  std::string_view family;
  ClassifierSpec (*read)(const Config& config);
};

constexpr std::array kHeads = {
    Head{"bert", read_bert_head},       Head{"jina-bert", read_bert_head},    Head{"distilbert", read_distilbert_head},
    Head{"roberta", read_roberta_head}, Head{"camembert", read_roberta_head}, Head{"xlm-roberta", read_roberta_head},
    Head{"mpnet", read_roberta_head},   Head{"gte", read_gte_head},           Head{"modernbert", read_modernbert_head},
    Head{"gpt2", read_decoder_head},    Head{"gpt-neox", read_decoder_head},  Head{"bloom", read_decoder_head},
    Head{"mpt", read_decoder_head},     Head{"opt", read_decoder_head},       Head{"falcon", read_decoder_head},
    Head{"llama", read_decoder_head},   Head{"mistral", read_decoder_head},   Head{"qwen2", read_decoder_head},
    Head{"qwen3", read_decoder_head},   Head{"gemma", read_decoder_head},     Head{"gemma3", read_decoder_head},
};

/// How many rows the map to the labels has.
std::size_t n_rows(const TensorFile& weights, const std::string& name) {
  const TensorView* tensor = weights.find(name + ".weight");
  if (tensor == nullptr || tensor->shape.size() != 2) {
    throw Error(ErrorCode::not_found,
                weights.path().string() + ": no tensor '" + name + ".weight' (labels, hidden size): this model scores no labels");
  }
  return tensor->shape[0];
}

}  // namespace

ClassifierSpec describe_classifier(std::string_view json, const std::string& where, const ModelDescription& model,
                                   const TensorFile& weights) {
  std::string known;
  for (const Head& head : kHeads) {
    known += (known.empty() ? "" : ", ") + std::string(head.family);
    if (head.family != model.family) continue;
    ClassifierSpec spec = head.read(Config(json, where));
    (void)n_rows(weights, spec.output);
    return spec;
  }
  throw Error(ErrorCode::unsupported, where + ": no head that scores labels is known for " + model.family + " models; it is for " + known);
}

SequenceClassifier::SequenceClassifier(const TensorFile& weights, const ModelDescription& model, const ClassifierSpec& spec)
    : pooling_{{spec.pooling}},
      pad_id_(spec.pad_id),
      output_(weights, spec.output, model.spec.dim, n_rows(weights, spec.output), Activation::none) {
  if (!spec.transform.empty()) transform_.emplace(weights, spec.transform, model.spec.dim, model.spec.dim, spec.activation);
  if (!spec.transform_norm.empty()) transform_norm_.emplace(weights, spec.transform_norm, model.spec.dim, model.spec.norm);
}

void SequenceClassifier::pool(MatrixView<const float> hidden, std::span<const std::int32_t> ids, std::span<float> pooled) const {
  std::size_t n = hidden.rows();
  if (pad_id_) {
    while (n > 1 && ids[n - 1] == *pad_id_) --n;
  }
  pooling_.forward(hidden.middle_rows(0, n), 0, pooled);
}

Matrix<float> SequenceClassifier::forward(const Matrix<float>& pooled) const {
  if (!transform_) return output_.forward(pooled.view());
  Matrix<float> state = transform_->forward(pooled.view());
  if (transform_norm_) transform_norm_->forward(state.view(), state.view());
  return output_.forward(state.view());
}

}  // namespace akin
