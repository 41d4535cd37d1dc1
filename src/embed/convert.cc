// Any model that an Embedder loads → one GGUF file with llama.cpp's names, and our keys for what those do not cover.
#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "akin/base/error.h"
#include "akin/embed/embedder.h"
#include "akin/formats/gguf.h"
#include "akin/model/families.h"
#include "akin/model/gguf_layout.h"
#include "gguf_keys.h"
#include "gguf_tokenizer.h"
#include "model_files.h"
#include "static_folder.h"

namespace akin {
namespace {

constexpr std::size_t kQ8Block = 32;

TensorType target_type(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, TensorType>, 3> kTypes = {
      {{"f32", TensorType::f32}, {"f16", TensorType::f16}, {"q8_0", TensorType::q8_0}}};
  for (const auto& [known, type] : kTypes) {
    if (known == name) return type;
  }
  throw Error(ErrorCode::invalid_argument, "unknown weight type '" + std::string(name) + "'; known are f32, f16, q8_0");
}

std::string activation_name(kernels::Activation activation) {
  switch (activation) {
    case kernels::Activation::none:
      return "identity";
    case kernels::Activation::gelu:
      return "gelu";
    case kernels::Activation::gelu_tanh:
      return "gelu_new";
    case kernels::Activation::silu:
      return "silu";
    case kernels::Activation::quick_gelu:
      return "quick_gelu";
    case kernels::Activation::relu:
      return "relu";
    case kernels::Activation::tanh:
      return "tanh";
  }
  return "unknown";
}

void add_sentence(GgufWriter& writer, const std::string& architecture, const SentenceConfig& sentence) {
  std::vector<std::string> modes;
  for (const nn::PoolingMode mode : sentence.pooling.modes) modes.emplace_back(nn::name_of(mode));
  const std::uint32_t llama_cpp_pooling = modes[0] == "cls" ? 2 : modes[0] == "lasttoken" ? 3 : 1;
  writer.add(architecture + ".pooling_type", llama_cpp_pooling);
  writer.add(gguf::kPooling, std::move(modes));
  writer.add(gguf::kIncludePrompt, sentence.include_prompt);
  std::vector<std::string> steps;
  for (const StepSpec& step : sentence.steps) {
    if (const auto* dense = std::get_if<DenseStep>(&step)) {
      steps.push_back("dense:" + activation_name(dense->activation));
    } else {
      steps.emplace_back(std::holds_alternative<LayerNormStep>(step) ? "layer_norm" : "normalize");
    }
  }
  writer.add(gguf::kSteps, std::move(steps));
  std::vector<std::string> names;
  std::vector<std::string> texts;
  for (const auto& [name, text] : sentence.prompts) {
    names.push_back(name);
    texts.push_back(text);
  }
  writer.add(gguf::kPromptNames, std::move(names));
  writer.add(gguf::kPromptTexts, std::move(texts));
  writer.add(gguf::kDefaultPrompt, sentence.default_prompt);
  writer.add(gguf::kSimilarity, sentence.similarity);
  writer.add(gguf::kMaxTokens, static_cast<std::uint32_t>(sentence.max_tokens));
  writer.add(gguf::kLowercase, sentence.lowercase);
}

/// Matrices take the type asked for, vectors stay f32; a matrix whose rows are not whole blocks of 32 becomes f16 instead of Q8_0.
TensorType type_for(const std::vector<std::size_t>& shape, TensorType wanted) {
  if (shape.size() < 2) return TensorType::f32;
  return wanted == TensorType::q8_0 && shape.back() % kQ8Block != 0 ? TensorType::f16 : wanted;
}

void add_tensor(GgufWriter& writer, const TensorView* tensor, const std::string& name) {
  if (tensor == nullptr) return;
  TensorView view = *tensor;
  view.name = name;
  writer.add_tensor(std::move(view), TensorType::f32);
}

void add_tensor(GgufWriter& writer, const GgufTensor& made, TensorType type) {
  if (made.whole == nullptr) return writer.add_tensor(made.rows, type_for(made.rows.shape, type));
  TensorView view = *made.whole;
  view.name = made.rows.name;
  writer.add_tensor(std::move(view), type_for(made.rows.shape, type));
}

void add_step_tensors(GgufWriter& writer, const SentenceConfig& sentence) {
  for (std::size_t i = 0; i < sentence.steps.size(); ++i) {
    const TensorFile* file = nullptr;
    std::string name;
    if (const auto* dense = std::get_if<DenseStep>(&sentence.steps[i])) std::tie(file, name) = std::tie(dense->file, dense->name);
    if (const auto* norm = std::get_if<LayerNormStep>(&sentence.steps[i])) std::tie(file, name) = std::tie(norm->file, norm->name);
    if (file == nullptr) continue;
    for (const char* part : {".weight", ".bias"}) {
      add_tensor(writer, file->find(name + part), gguf::step_tensor(i) + part);
    }
  }
}

/// What was written must be read as the same model: a spec that no key can say is refused, not written wrong.
void check_written(const std::filesystem::path& out, const GgufLayout& layout) {
  const std::vector<SpecField> wanted = spec_fields(layout.model.spec), found = spec_fields(describe_gguf(GgufFile(out)).spec);
  if (wanted == found) return;
  std::filesystem::remove(out);
  const auto [one, other] = std::ranges::mismatch(wanted, found);
  const std::string field = one != wanted.end() ? one->name : other->name;
  throw Error(ErrorCode::unsupported, out.string() + ": GGUF has no word for this model's " + field + "; use the model's folder as it is");
}

}  // namespace

void convert_to_gguf(const std::filesystem::path& model, const std::filesystem::path& out, std::string_view type, Context& context) {
  const TensorType weight_type = target_type(type);
  if (is_static_folder(model))
    throw Error(ErrorCode::unsupported, model.string() + ": a static model is a table without layers; GGUF has no names for one");
  const ModelFiles files = read_model(model);
  const GgufLayout layout = gguf_layout(files.model, *files.weights);
  GgufWriter writer;
  add_gguf_keys(writer, layout);
  writer.add("general.name", files.name);
  add_sentence(writer, layout.architecture, files.sentence);
  add_gguf_tokenizer(writer, files);
  for (const GgufTensor& made : layout.tensors) add_tensor(writer, made, weight_type);
  for (const GgufTensor& made : layout.head) add_tensor(writer, made, weight_type);
  add_step_tensors(writer, files.sentence);
  context.cancel.check();
  writer.write(out);
  check_written(out, layout);
}

}  // namespace akin
