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
#include "gguf_keys.h"
#include "model_files.h"

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

bool is_marked(const std::string& piece) { return piece.size() >= 2 && piece.front() == '[' && piece.back() == ']'; }

/// llama.cpp's form of a piece; see gguf_keys.h.
std::string stored_piece(const std::string& piece) {
  if (is_marked(piece)) return piece;
  if (piece.starts_with("##")) return piece.substr(2);
  return gguf::kWordStart + piece;
}

/// Whether that form can be turned back for every piece ("##[x]" and "##▁x" cannot).
bool reversible(const std::vector<std::string>& pieces) {
  return std::ranges::all_of(pieces, [](const std::string& piece) {
    if (is_marked(piece) || !piece.starts_with("##")) return true;
    const std::string stored = piece.substr(2);
    return !is_marked(stored) && !stored.starts_with(gguf::kWordStart);
  });
}

void add_tokenizer(GgufWriter& writer, const Tokenizer& tokenizer) {
  const WordPieceParts parts = tokenizer.word_piece_parts();
  const bool plain = parts.continuing_prefix != "##" || !reversible(parts.pieces);
  if (parts.continuing_prefix != "##") {
    throw Error(ErrorCode::unsupported, "GGUF has no word for the continuing prefix '" + parts.continuing_prefix + "' of this tokenizer");
  }
  std::vector<std::string> pieces;
  std::vector<std::int32_t> types;  // llama.cpp's: 1 normal, 2 unknown, 3 control
  for (const std::string& piece : parts.pieces) {
    pieces.push_back(plain ? piece : stored_piece(piece));
    const bool control = piece == parts.cls || piece == parts.sep || piece == parts.pad || piece == parts.mask;
    types.push_back(piece == parts.unknown ? 2 : control ? 3 : 1);
  }
  const auto id = [&](const std::string& piece) { return static_cast<std::uint32_t>(tokenizer.id_of(piece)); };
  writer.add("tokenizer.ggml.model", std::string("bert"));
  writer.add("tokenizer.ggml.tokens", std::move(pieces));
  writer.add("tokenizer.ggml.token_type", std::move(types));
  const std::array<std::pair<const char*, const std::string*>, 7> special = {{
      {"tokenizer.ggml.unknown_token_id", &parts.unknown},
      {"tokenizer.ggml.bos_token_id", &parts.cls},
      {"tokenizer.ggml.eos_token_id", &parts.sep},
      {"tokenizer.ggml.cls_token_id", &parts.cls},
      {"tokenizer.ggml.seperator_token_id", &parts.sep},
      {"tokenizer.ggml.padding_token_id", &parts.pad},
      {"tokenizer.ggml.mask_token_id", &parts.mask},
  }};
  for (const auto& [key, piece] : special) {
    if (tokenizer.id_of(*piece) >= 0) writer.add(key, id(*piece));
  }
  writer.add(gguf::kTokenizerLowercase, parts.lowercase);
  writer.add(gguf::kTokenizerStripAccents, parts.strip_accents);
  writer.add(gguf::kTokenizerCleanText, parts.clean_text);
  writer.add(gguf::kTokenizerChinese, parts.handle_chinese_chars);
  writer.add(gguf::kTokenizerMaxChars, static_cast<std::uint32_t>(parts.max_chars_per_word));
  if (plain) writer.add(gguf::kTokenizerPlain, true);
}

void add_spec(GgufWriter& writer, const ModelFiles& files) {
  const TransformerSpec& spec = files.model.spec;
  const auto u32 = [](std::size_t n) { return static_cast<std::uint32_t>(n); };
  writer.add("general.architecture", std::string("bert"));
  writer.add("general.name", files.name);
  writer.add("bert.block_count", u32(spec.n_layers));
  writer.add("bert.context_length", u32(spec.max_positions()));
  writer.add("bert.embedding_length", u32(spec.dim));
  writer.add("bert.feed_forward_length", u32(spec.mlp.dim));
  writer.add("bert.attention.head_count", u32(spec.attention.n_heads));
  writer.add("bert.attention.layer_norm_epsilon", spec.norm.eps);
  writer.add("bert.attention.causal", spec.attention.causal);
  writer.add(gguf::kFamily, files.model.family);
  writer.add(gguf::kActivation, activation_name(spec.mlp.activation));
}

void add_sentence(GgufWriter& writer, const SentenceConfig& sentence) {
  std::vector<std::string> modes;
  for (const nn::PoolingMode mode : sentence.pooling.modes) modes.emplace_back(nn::name_of(mode));
  const std::uint32_t llama_cpp_pooling = modes[0] == "cls" ? 2 : modes[0] == "lasttoken" ? 3 : 1;
  writer.add("bert.pooling_type", llama_cpp_pooling);
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
void add_tensor(GgufWriter& writer, const TensorView* tensor, const std::string& name, TensorType type) {
  if (tensor == nullptr) return;
  TensorView view = *tensor;
  view.name = name;
  if (view.shape.size() < 2)
    type = TensorType::f32;
  else if (type == TensorType::q8_0 && view.shape.back() % kQ8Block != 0)
    type = TensorType::f16;
  writer.add_tensor(std::move(view), type);
}

void add_step_tensors(GgufWriter& writer, const SentenceConfig& sentence) {
  for (std::size_t i = 0; i < sentence.steps.size(); ++i) {
    const TensorFile* file = nullptr;
    std::string name;
    if (const auto* dense = std::get_if<DenseStep>(&sentence.steps[i])) std::tie(file, name) = std::tie(dense->file, dense->name);
    if (const auto* norm = std::get_if<LayerNormStep>(&sentence.steps[i])) std::tie(file, name) = std::tie(norm->file, norm->name);
    if (file == nullptr) continue;
    for (const char* part : {".weight", ".bias"}) {
      add_tensor(writer, file->find(name + part), gguf::step_tensor(i) + part, TensorType::f32);
    }
  }
}

}  // namespace

void convert_to_gguf(const std::filesystem::path& model, const std::filesystem::path& out, std::string_view type, Context& context) {
  const TensorType weight_type = target_type(type);
  const ModelFiles files = read_model(model);
  GgufWriter writer;
  add_spec(writer, files);
  add_sentence(writer, files.sentence);
  add_tokenizer(writer, files.tokenizer);
  ModelDescription target = files.model;
  target.names = gguf_tensor_names(files.model.spec);
  const std::vector<std::string> from = tensor_list(files.model);
  const std::vector<std::string> to = tensor_list(target);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const TensorView* tensor = find_part(*files.weights, from[i]);
    if (tensor == nullptr && from[i].ends_with(".weight")) {
      throw Error(ErrorCode::not_found, files.weights->path().string() + ": tensor '" + from[i] + "' is missing");
    }
    add_tensor(writer, tensor, to[i], weight_type);
  }
  add_step_tensors(writer, files.sentence);
  context.cancel.check();
  writer.write(out);
}

}  // namespace akin
