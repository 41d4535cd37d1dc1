#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "akin/base/error.h"
#include "akin/formats/gguf.h"
#include "akin/model/families.h"
#include "gguf_keys.h"
#include "gguf_tokenizer.h"
#include "model_files.h"

namespace akin {
namespace {

/// Files that do not say are pooled by their mean, those of decoders by their last token.
nn::Pooling read_pooling(const GgufFile& file, const TransformerSpec& spec) {
  nn::Pooling pooling;
  if (file.has(gguf::kPooling)) {
    pooling.modes.clear();
    for (const std::string_view mode : file.strings(gguf::kPooling)) pooling.modes.push_back(read_pooling_mode(mode, file.path()));
    if (!pooling.modes.empty()) return pooling;
  }
  const nn::PoolingMode usual = spec.attention.causal ? nn::PoolingMode::lasttoken : nn::PoolingMode::mean;
  const std::array<nn::PoolingMode, 4> by_number = {usual, nn::PoolingMode::mean, nn::PoolingMode::cls, nn::PoolingMode::lasttoken};
  const std::string key = std::string(file.string("general.architecture")) + ".pooling_type";
  const std::int64_t number = file.integer(key, 0);  // llama.cpp: 0 none, 1 mean, 2 cls, 3 last, 4 rank
  if (number < 0 || number >= static_cast<std::int64_t>(by_number.size())) {
    throw Error(ErrorCode::unsupported, file.path().string() + ": " + key + " " + std::to_string(number) +
                                            " is not known; known are 0 (none), 1 (mean), 2 (cls), 3 (last)");
  }
  pooling.modes = {by_number[static_cast<std::size_t>(number)]};
  return pooling;
}

StepSpec read_dense(const GgufFile& file, const std::string& tensor, const std::string& activation, std::size_t dim) {
  constexpr std::array<std::pair<std::string_view, kernels::Activation>, 5> kActivations = {{
      {"identity", kernels::Activation::none},
      {"tanh", kernels::Activation::tanh},
      {"relu", kernels::Activation::relu},
      {"gelu", kernels::Activation::gelu},
      {"silu", kernels::Activation::silu},
  }};
  const TensorView* weight = file.find(tensor + ".weight");
  if (weight == nullptr || weight->shape.size() != 2) {
    throw Error(ErrorCode::not_found, file.path().string() + ": tensor '" + tensor + ".weight' (two dimensions) is missing");
  }
  for (const auto& [name, kind] : kActivations) {
    if (name == activation) return DenseStep{&file, tensor, dim, weight->shape[0], kind};
  }
  throw Error(ErrorCode::unsupported, file.path().string() + ": step activation '" + activation + "' is not known");
}

/// What files of other makers have behind the pooling: EmbeddingGemma's two maps, where they were converted with it. They do not say
/// whether vectors are scaled to unit length; llama.cpp does it unless told otherwise, and so do we.
std::vector<StepSpec> read_foreign_steps(const GgufFile& file, std::size_t dim) {
  std::vector<StepSpec> steps;
  for (const char* tensor : {"dense_2", "dense_3"}) {
    if (file.find(std::string(tensor) + ".weight") == nullptr) continue;
    steps.push_back(read_dense(file, tensor, "identity", dim));
    dim = std::get<DenseStep>(steps.back()).n_out;
  }
  steps.emplace_back(NormalizeStep{});
  return steps;
}

std::vector<StepSpec> read_steps(const GgufFile& file, std::size_t dim) {
  if (!file.has(gguf::kSteps)) return read_foreign_steps(file, dim);
  std::vector<StepSpec> steps;
  for (const std::string_view step : file.strings(gguf::kSteps)) {
    const std::string tensor = gguf::step_tensor(steps.size());
    if (step == "normalize") {
      steps.emplace_back(NormalizeStep{});
    } else if (step == "layer_norm") {
      steps.emplace_back(LayerNormStep{&file, tensor, dim});
    } else if (step.starts_with("dense:")) {
      steps.push_back(read_dense(file, tensor, std::string(step.substr(6)), dim));
      dim = std::get<DenseStep>(steps.back()).n_out;
    } else {
      throw Error(ErrorCode::unsupported, file.path().string() + ": step '" + std::string(step) + "' is not known");
    }
  }
  return steps;
}

SentenceConfig read_sentence(const GgufFile& file, const TransformerSpec& spec) {
  SentenceConfig sentence;
  sentence.pooling = read_pooling(file, spec);
  sentence.include_prompt = file.boolean(gguf::kIncludePrompt, true);
  sentence.steps = read_steps(file, sentence.pooling.modes.size() * spec.dim);
  if (file.has(gguf::kPromptNames)) {
    const auto names = file.strings(gguf::kPromptNames);
    const auto texts = file.strings(gguf::kPromptTexts);
    if (names.size() != texts.size()) {
      throw Error(ErrorCode::corrupt, file.path().string() + ": " + std::to_string(names.size()) + " prompt names, " +
                                          std::to_string(texts.size()) + " prompt texts");
    }
    for (std::size_t i = 0; i < names.size(); ++i) sentence.prompts.emplace_back(names[i], texts[i]);
  }
  sentence.default_prompt = file.string(gguf::kDefaultPrompt, "");
  const auto is_default = [&](const auto& prompt) { return prompt.first == sentence.default_prompt; };
  if (!sentence.default_prompt.empty() && std::ranges::none_of(sentence.prompts, is_default)) {
    throw Error(ErrorCode::corrupt, file.path().string() + ": default prompt '" + sentence.default_prompt + "' is not among the prompts");
  }
  sentence.similarity = file.string(gguf::kSimilarity, "cosine");
  sentence.lowercase = file.boolean(gguf::kLowercase, false);
  sentence.max_tokens = read_gguf_max_tokens(file, spec);
  return sentence;
}

}  // namespace

std::size_t read_gguf_max_tokens(const GgufFile& file, const TransformerSpec& spec) {
  const auto limit = static_cast<std::int64_t>(spec.max_positions());
  return static_cast<std::size_t>(std::clamp<std::int64_t>(file.integer(gguf::kMaxTokens, limit), 1, limit));
}

ModelFiles read_gguf_model(const std::filesystem::path& path, const UseWeights& use) {
  auto gguf = std::make_unique<GgufFile>(path);
  const GgufFile& file = *gguf;
  ModelDescription model = describe_gguf(file);
  SentenceConfig sentence = read_sentence(file, model.spec);
  ModelWeights parts{std::string(file.string("general.name", path.stem().string())), std::move(model), std::move(gguf), {}};
  Tokenizer tokenizer = read_tokenizer_beside([&] { return read_gguf_tokenizer(file); }, use, parts);
  const bool has_json = file.has(gguf::kTokenizerJson);
  return {.name = std::move(parts.name),
          .model = std::move(parts.model),
          .weights = std::move(parts.weights),
          .step_weights = {},
          .tokenizer = std::move(tokenizer),
          .sentence = std::move(sentence),
          .tokenizer_file = has_json ? path : std::filesystem::path()};
}

}  // namespace akin
