#include "akin/embed/cross_encoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/kernels/target.h"
#include "akin/model/classifier.h"
#include "akin/model/families.h"
#include "json_values.h"
#include "model_files.h"
#include "transformer_runner.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTokenizeGrain = 16;
constexpr std::size_t kMostLabels = 1 << 16;

constexpr std::array<std::string_view, 4> kActivationNames = {"identity", "sigmoid", "softmax", "tanh"};

/// "torch.nn.modules.activation.Sigmoid" → sigmoid.
ScoreActivation torch_activation(const std::string& path, const fs::path& where) {
  constexpr std::array<std::string_view, 4> kTorchNames = {"Identity", "Sigmoid", "Softmax", "Tanh"};
  const std::string last = path.substr(path.rfind('.') + 1);
  const auto* found = std::ranges::find(kTorchNames, last);
  if (found != kTorchNames.end()) return static_cast<ScoreActivation>(found - kTorchNames.begin());
  throw Error(ErrorCode::unsupported,
              where.string() + ": activation '" + path + "' is not known; known are Identity, Sigmoid, Softmax, Tanh");
}

ScoreActivation read_activation(const Json& config, std::size_t n_labels, const fs::path& where) {
  const Json own = value_of(config, "sentence_transformers", Json::object(), where);
  auto path = value_of(own, "activation_fn", std::string(), where);
  if (path.empty()) path = value_of(config, "sbert_ce_default_activation_function", std::string(), where);
  if (!path.empty()) return torch_activation(path, where);
  return n_labels == 1 ? ScoreActivation::sigmoid : ScoreActivation::identity;
}

/// The names of id2label; "LABEL_0", … where there are none.
std::vector<std::string> read_labels(const Json& config, std::size_t n_labels, const fs::path& where) {
  const auto names = value_of(config, "id2label", std::map<std::string, std::string>(), where);
  if (n_labels > kMostLabels || (!names.empty() && names.size() != n_labels)) {
    throw Error(ErrorCode::mismatch, where.string() + ": 'id2label' names " + std::to_string(names.size()) + " labels, the weights score " +
                                         std::to_string(n_labels));
  }
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < n_labels; ++i) {
    const auto found = names.find(std::to_string(i));
    labels.push_back(found == names.end() ? "LABEL_" + std::to_string(i) : found->second);
  }
  return labels;
}

/// The tokenizer's own limit, at most the model's.
std::size_t read_limit(const fs::path& folder, const TransformerSpec& spec) {
  const fs::path where = folder / "tokenizer_config.json";
  const double stated = value_of(read_optional_json(where), "model_max_length", 1e30, where);
  const std::size_t most = spec.max_positions();
  return stated >= 1 && stated < static_cast<double>(most) ? static_cast<std::size_t>(stated) : most;
}

void activate(ScoreActivation activation, std::span<float> row) {
  switch (activation) {
    case ScoreActivation::identity:
      return;
    case ScoreActivation::sigmoid:
      for (float& x : row) x = static_cast<float>(1 / (1 + std::exp(-static_cast<double>(x))));
      return;
    case ScoreActivation::tanh:
      for (float& x : row) x = std::tanh(x);
      return;
    case ScoreActivation::softmax: {
      const double largest = *std::ranges::max_element(row);
      double sum = 0;
      for (const float x : row) sum += std::exp(static_cast<double>(x) - largest);
      for (float& x : row) x = static_cast<float>(std::exp(static_cast<double>(x) - largest) / sum);
      return;
    }
  }
}

}  // namespace

std::string_view name_of(ScoreActivation activation) noexcept { return kActivationNames[static_cast<std::size_t>(activation)]; }

ScoreActivation score_activation_from(std::string_view name) {
  const auto* found = std::ranges::find(kActivationNames, name);
  if (found != kActivationNames.end()) return static_cast<ScoreActivation>(found - kActivationNames.begin());
  throw Error(ErrorCode::invalid_argument, "unknown activation '" + std::string(name) + "'; known are identity, sigmoid, softmax, tanh");
}

struct CrossEncoder::Impl {
  ModelWeights files;
  Tokenizer tokenizer;
  TransformerRunner runner;
  SequenceClassifier classifier;
  CrossEncoderInfo info;

  Impl(ModelWeights model, const CrossEncoderOptions& options, Context& context);
  [[nodiscard]] PairScores logits(std::span<const TextPair> pairs, Context& context) const;
  [[nodiscard]] std::size_t label(std::string_view name) const;
};

namespace {

std::string config_of(const fs::path& folder) { return read_file(folder / "config.json", kMaxConfigBytes); }

ClassifierSpec describe_head(const ModelWeights& files) {
  return describe_classifier(config_of(files.folder), (files.folder / "config.json").string(), files.model, *files.weights);
}

}  // namespace

CrossEncoder::Impl::Impl(ModelWeights model, const CrossEncoderOptions& options, Context& context)
    : files(std::move(model)),
      tokenizer(read_tokenizer(files)),
      runner(*files.weights, files.model, options.precision, context),
      classifier(*files.weights, files.model, describe_head(files)) {
  const fs::path where = files.folder / "config.json";
  const Json config = read_json(where);
  const TransformerSpec& spec = files.model.spec;
  info.name = files.name;
  info.family = files.model.family;
  info.labels = read_labels(config, classifier.n_labels(), where);
  info.activation = options.activation ? *options.activation : read_activation(config, classifier.n_labels(), where);
  info.max_tokens = options.max_tokens == 0 ? read_limit(files.folder, spec) : options.max_tokens;
  info.n_layers = spec.n_layers;
  info.dim_model = spec.dim;
  info.precision = options.precision;
  const TensorView* weight = files.weights->find(layer_name(files.model.names.down, 0) + ".weight");
  info.weight_type = weight == nullptr ? "" : name_of(weight->type);
  for (const std::string& name : tensor_list(files.model)) {
    const TensorView* tensor = find_part(*files.weights, name);
    info.n_parameters += tensor == nullptr ? 0 : tensor->size();
  }
  const std::size_t special = tokenizer.encode_pair("", "").ids.size();
  if (info.max_tokens > spec.hard_position_limit() || info.max_tokens <= special) {
    throw Error(ErrorCode::invalid_argument, info.name + ": max_tokens must be " + std::to_string(special + 1) + " to " +
                                                 std::to_string(spec.hard_position_limit()) + ", " + std::to_string(info.max_tokens) +
                                                 " is asked for");
  }
  if (tokenizer.vocabulary_size() > spec.vocabulary_size) {
    throw Error(ErrorCode::mismatch, info.name + ": the tokenizer has " + std::to_string(tokenizer.vocabulary_size()) +
                                         " tokens, the embedding table " + std::to_string(spec.vocabulary_size) + " rows");
  }
}

PairScores CrossEncoder::Impl::logits(std::span<const TextPair> pairs, Context& context) const {
  std::vector<Encoding> encodings(pairs.size());
  PairScores result{Matrix<float>::uninitialized(pairs.size(), classifier.n_labels()), std::vector<TextReport>(pairs.size())};
  context.parallel_for(pairs.size(), kTokenizeGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      encodings[i] = tokenizer.encode_pair(pairs[i].first, pairs[i].second, {.max_tokens = info.max_tokens});
      result.reports[i] = {static_cast<std::uint32_t>(encodings[i].ids.size()), static_cast<std::uint32_t>(encodings[i].n_tokens_dropped),
                           static_cast<std::uint32_t>(encodings[i].n_invalid)};
    }
  });
  const auto take = [&](const TransformerRunner::States& states) {
    Matrix<float> pooled = Matrix<float>::uninitialized(states.members.size(), files.model.spec.dim);
    for (std::size_t s = 0; s < states.members.size(); ++s) classifier.pool(states.of(s), encodings[states.members[s]].ids, pooled.row(s));
    const Matrix<float> rows = classifier.forward(pooled);
    for (std::size_t s = 0; s < states.members.size(); ++s) std::ranges::copy(rows.row(s), result.scores.row(states.members[s]).begin());
  };
  runner.run(encodings, take, context);
  return result;
}

std::size_t CrossEncoder::Impl::label(std::string_view name) const {
  if (name.empty() && info.labels.size() == 1) return 0;
  const auto found = std::ranges::find(info.labels, name);
  if (found != info.labels.end()) return static_cast<std::size_t>(found - info.labels.begin());
  std::string list;
  for (const std::string& known : info.labels) list += (list.empty() ? "" : ", ") + known;
  throw Error(ErrorCode::invalid_argument,
              name.empty() ? info.name + ": scores " + std::to_string(info.labels.size()) + " labels: name the one to rank by of " + list
                           : info.name + ": no label '" + std::string(name) + "'; there are " + list);
}

CrossEncoder::CrossEncoder(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
CrossEncoder::CrossEncoder(CrossEncoder&&) noexcept = default;
CrossEncoder& CrossEncoder::operator=(CrossEncoder&&) noexcept = default;
CrossEncoder::~CrossEncoder() = default;

CrossEncoder CrossEncoder::load(const fs::path& folder, const CrossEncoderOptions& options, Context& context) {
  kernels::use_target_from_environment();
  if (!fs::is_directory(folder)) {
    throw Error(fs::exists(folder) ? ErrorCode::unsupported : ErrorCode::not_found,
                folder.string() + ": a reranker is a model folder with a head that scores labels" +
                    (fs::exists(folder) ? ", this is a file" : ": there is no such folder"));
  }
  return CrossEncoder(std::make_unique<const Impl>(read_weights(folder), options, context));
}

const CrossEncoderInfo& CrossEncoder::info() const noexcept { return impl_->info; }

Encoding CrossEncoder::encode(const TextPair& pair) const {
  return impl_->tokenizer.encode_pair(pair.first, pair.second, {.max_tokens = impl_->info.max_tokens});
}

PairScores CrossEncoder::logits(std::span<const TextPair> pairs, Context& context) const { return impl_->logits(pairs, context); }

PairScores CrossEncoder::score(std::span<const TextPair> pairs, Context& context) const {
  PairScores result = impl_->logits(pairs, context);
  for (std::size_t r = 0; r < result.scores.rows(); ++r) activate(impl_->info.activation, result.scores.row(r));
  return result;
}

std::vector<RankedText> CrossEncoder::rank(std::string_view query, std::span<const std::string_view> texts, std::size_t k,
                                           std::string_view label, Context& context) const {
  const std::size_t column = impl_->label(label);
  std::vector<TextPair> pairs;
  for (const std::string_view text : texts) pairs.push_back({query, text});
  const PairScores scores = score(pairs, context);
  std::vector<RankedText> ranked(texts.size());
  for (std::size_t i = 0; i < ranked.size(); ++i) ranked[i] = {i, scores.scores(i, column), scores.reports[i]};
  std::ranges::stable_sort(ranked, [](const RankedText& a, const RankedText& b) { return a.score > b.score; });
  if (k != 0 && k < ranked.size()) ranked.resize(k);
  return ranked;
}

bool is_cross_encoder(const fs::path& folder) {
  const fs::path config = folder / "config.json";
  std::error_code ignored;
  if (!fs::is_regular_file(config, ignored)) return false;
  const Json json = read_json(config);
  if (!json.is_object() || !json.contains("architectures") || !json.at("architectures").is_array()) return false;
  return std::ranges::any_of(json.at("architectures"), [](const Json& name) {
    return name.is_string() && name.get_ref<const std::string&>().ends_with("ForSequenceClassification");
  });
}

}  // namespace akin
