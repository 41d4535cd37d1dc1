#include "akin/train/word_files.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "akin/base/error.h"
#include "akin/formats/safetensors.h"
#include "akin/formats/word_vectors.h"
#include "write_text.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

void save_file(const fs::path& path, WordVectorFormat format, std::span<const std::string> words, MatrixView<const float> vectors) {
  WordVectorWriter writer(path, format, words.size(), vectors.cols());
  for (std::size_t i = 0; i < words.size(); ++i) writer.append(words[i], vectors.row(i));
  writer.commit();
}

void write_json(const fs::path& path, const Json& json) { train::write_text(path, json.dump(2) + "\n"); }

bool has_any(std::span<const std::string> words, bool (*is)(char)) {
  return std::any_of(words.begin(), words.end(), [is](const std::string& word) { return std::any_of(word.begin(), word.end(), is); });
}
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_punctuation(char c) { return std::string_view("!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~").find(c) != std::string_view::npos; }

/// A word not in the table, which no text can hold: it has white space inside.
std::string unknown_word(const Json& vocabulary) {
  std::string word = "[UNK]";
  while (vocabulary.contains(word)) word += ' ';
  return word;
}

/// Texts are brought to the form that the words have: lower case where no word has a capital, cut at punctuation where no word has any.
Json tokenizer_of(std::span<const std::string> words) {
  Json vocabulary = Json::object();
  for (std::size_t i = 0; i < words.size(); ++i) vocabulary[words[i]] = i + 1;
  const std::string unknown = unknown_word(vocabulary);
  vocabulary[unknown] = 0;
  const Json added = {{"id", 0},         {"content", unknown},  {"single_word", false}, {"lstrip", false},
                      {"rstrip", false}, {"normalized", false}, {"special", true}};
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", Json::array({added})},
          {"normalizer", has_any(words, is_upper) ? Json(nullptr) : Json{{"type", "Lowercase"}}},
          {"pre_tokenizer", {{"type", has_any(words, is_punctuation) ? "WhitespaceSplit" : "Whitespace"}}},
          {"post_processor", nullptr},
          {"decoder", nullptr},
          {"model", {{"type", "WordLevel"}, {"vocab", std::move(vocabulary)}, {"unk_token", unknown}}}};
}

/// Row 0 is the unknown word's: zeros.
void save_rows(const fs::path& path, MatrixView<const float> vectors) {
  SafetensorsRowWriter writer(path, "embedding.weight", TensorType::f32, vectors.cols());
  const std::vector<float> zeros(vectors.cols(), 0.0F);
  writer.append(std::as_bytes(std::span(zeros)));
  for (std::size_t i = 0; i < vectors.rows(); ++i) writer.append(std::as_bytes(vectors.row(i)));
  writer.commit();
}

void save_folder(const fs::path& folder, std::span<const std::string> words, MatrixView<const float> vectors) {
  std::error_code error;
  fs::create_directory(folder, error);
  if (!fs::is_directory(folder)) throw Error(ErrorCode::io, folder.string() + ": cannot make this folder: " + error.message());
  save_rows(folder / "model.safetensors", vectors);
  write_json(folder / "tokenizer.json", tokenizer_of(words));
  write_json(folder / "config_sentence_transformers.json", {{"model_type", "SentenceTransformer"},
                                                            {"prompts", Json::object()},
                                                            {"default_prompt_name", nullptr},
                                                            {"similarity_fn_name", "cosine"}});
  write_json(folder / "modules.json",
             Json::array({{{"idx", 0}, {"name", "0"}, {"path", ""}, {"type", "sentence_transformers.models.StaticEmbedding"}}}));
}

}  // namespace

std::string_view name_of(WordFileKind kind) noexcept {
  switch (kind) {
    case WordFileKind::word2vec_text:
      return "word2vec text";
    case WordFileKind::word2vec_binary:
      return "word2vec binary";
    case WordFileKind::glove_text:
      return "GloVe text";
    case WordFileKind::static_folder:
      return "StaticEmbedding folder";
  }
  return "";
}

WordFileKind word_file_kind_of(const fs::path& path) {
  const fs::path ending = path.extension();
  if (ending == ".vec" || ending == ".txt") return WordFileKind::word2vec_text;
  if (ending == ".bin") return WordFileKind::word2vec_binary;
  if (ending.empty()) return WordFileKind::static_folder;
  throw Error(ErrorCode::invalid_argument,
              path.string() + ": the ending says what is written: .vec or .txt (text), .bin (binary), none (a folder)");
}

void save_words(const fs::path& path, WordFileKind kind, std::span<const std::string> words, MatrixView<const float> vectors) {
  require(words.size() == vectors.rows(), "a vector for each word is wanted");
  switch (kind) {
    case WordFileKind::word2vec_text:
      return save_file(path, WordVectorFormat::word2vec_text, words, vectors);
    case WordFileKind::word2vec_binary:
      return save_file(path, WordVectorFormat::word2vec_binary, words, vectors);
    case WordFileKind::glove_text:
      return save_file(path, WordVectorFormat::glove_text, words, vectors);
    case WordFileKind::static_folder:
      return save_folder(path, words, vectors);
  }
}

}  // namespace akin
