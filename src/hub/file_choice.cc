#include "file_choice.h"

#include <algorithm>
#include <array>

#include "akin/base/error.h"
#include "akin/base/wildcard.h"

namespace akin::hub {
namespace {

// What the readers of src/text, src/embed and of images open by name.
constexpr std::array<std::string_view, 21> kSmallFiles = {"config.json",
                                                          "config_sentence_transformers.json",
                                                          "sentence_bert_config.json",
                                                          "modules.json",
                                                          "tokenizer.json",
                                                          "tokenizer_config.json",
                                                          "special_tokens_map.json",
                                                          "added_tokens.json",
                                                          "vocab.txt",
                                                          "vocab.json",
                                                          "merges.txt",
                                                          "tokenizer.model",
                                                          "spiece.model",
                                                          "sentencepiece.model",
                                                          "sentencepiece.bpe.model",
                                                          "preprocessor_config.json",
                                                          "processor_config.json",
                                                          "chat_template.json",
                                                          "generation_config.json",
                                                          "model.safetensors.index.json",
                                                          "model.safetensors"};

std::string_view file_of(std::string_view name) { return name.substr(name.rfind('/') + 1); }
std::string_view folder_of(std::string_view name) {
  return name.find('/') == std::string_view::npos ? "" : name.substr(0, name.rfind('/'));
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "model-00001-of-00003.safetensors".
bool is_shard(std::string_view file) {
  constexpr std::string_view kFront = "model-", kMiddle = "-of-", kBack = ".safetensors";
  if (!file.starts_with(kFront) || !file.ends_with(kBack)) return false;
  file = file.substr(kFront.size(), file.size() - kFront.size() - kBack.size());
  const std::size_t at = file.find(kMiddle);
  return at != std::string_view::npos && is_digits(file.substr(0, at)) && is_digits(file.substr(at + kMiddle.size()));
}

/// The folder of a sentence-transformers module: "1_Pooling", "0_StaticEmbedding".
bool is_module_folder(std::string_view folder) {
  const std::size_t bar = folder.find('_');
  return bar != std::string_view::npos && is_digits(folder.substr(0, bar)) && folder.find('/') == std::string_view::npos;
}

bool is_pickle(std::string_view name) {
  const std::string_view file = file_of(name);
  constexpr std::array<std::string_view, 8> kEndings = {".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".dill", ".npz"};
  constexpr std::array<std::string_view, 5> kBins = {"pytorch_model", "training_args", "optimizer", "scheduler", "adapter_model"};
  if (std::ranges::any_of(kEndings, [&](std::string_view ending) { return file.ends_with(ending); })) return true;
  return file.ends_with(".bin") && std::ranges::any_of(kBins, [&](std::string_view stem) { return file.starts_with(stem); });
}

bool is_usual(std::string_view name) {
  const std::string_view folder = folder_of(name), file = file_of(name);
  if (!folder.empty() && !is_module_folder(folder)) return false;
  return is_shard(file) || std::ranges::find(kSmallFiles, file) != kSmallFiles.end();
}

bool is_weights(std::string_view name) { return name.ends_with(".safetensors") || name.ends_with(".gguf"); }

bool any_match(const std::vector<std::string>& patterns, std::string_view name) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) { return glob_match(pattern, name); });
}

std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 6;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, names.size()); ++i) text += (i == 0 ? "" : ", ") + names[i];
  return text + (names.size() > kShown ? ", … (" + std::to_string(names.size()) + " files)" : "");
}

[[noreturn]] void throw_nothing_chosen(const FileChoice& choice, const std::vector<std::string>& include, const std::string& name) {
  std::vector<std::string> pickles;
  std::ranges::copy_if(choice.left_out, std::back_inserter(pickles),
                       [&](const std::string& file) { return is_pickle(file) && any_match(include, file); });
  if (!pickles.empty())
    throw Error(ErrorCode::unsupported, name + ": what is asked for are pickles (" + some_of(pickles) + "), which are never read");
  throw Error(ErrorCode::unsupported, name + " has no file that is asked for; it holds " + some_of(choice.left_out));
}

[[noreturn]] void throw_no_weights(const FileChoice& choice, const std::string& name) {
  std::vector<std::string> pickles;
  std::ranges::copy_if(choice.left_out, std::back_inserter(pickles), is_pickle);
  if (pickles.empty())
    throw Error(ErrorCode::unsupported,
                name + " holds no weights that akin reads (.safetensors, .gguf); it holds " + some_of(choice.left_out));
  throw Error(ErrorCode::unsupported, name + " holds its weights as pickles only (" + some_of(pickles) +
                                          "), which can run code and are never read: convert them to .safetensors, or take a copy of the "
                                          "model that has them");
}

/// The one .gguf of a model that has no .safetensors.
void add_gguf(FileChoice& choice, const RepositoryInfo& info, const std::vector<std::string>& exclude, const std::string& name) {
  std::vector<std::string> names;
  for (const RepositoryFile& file : info.files)
    if (file.name.ends_with(".gguf") && !any_match(exclude, file.name)) names.push_back(file.name);
  if (names.empty()) return;
  if (names.size() > 1)
    throw Error(ErrorCode::unsupported, name + " holds the model in several .gguf files: choose one with --include: " + some_of(names));
  const auto file = std::ranges::find(info.files, names.front(), &RepositoryFile::name);
  choice.wanted.push_back(*file);
  std::erase(choice.left_out, names.front());
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view name) noexcept {
  if (pattern.ends_with('/')) return name.starts_with(pattern);
  return match_wildcard(pattern, name,
                        [](std::string_view rest, char letter) -> std::size_t { return rest[0] == '?' || rest[0] == letter ? 1 : 0; });
}

FileChoice choose_files(const RepositoryInfo& info, const std::vector<std::string>& include, const std::vector<std::string>& exclude,
                        const std::string& name) {
  FileChoice choice;
  for (const RepositoryFile& file : info.files) {
    const bool asked = include.empty() ? is_usual(file.name) : any_match(include, file.name);
    if (asked && !any_match(exclude, file.name) && !is_pickle(file.name)) {
      choice.wanted.push_back(file);
    } else {
      choice.left_out.push_back(file.name);
    }
  }
  if (include.empty()) {
    const auto has_weights = [&] { return std::ranges::any_of(choice.wanted, is_weights, &RepositoryFile::name); };
    if (!has_weights()) add_gguf(choice, info, exclude, name);
    if (!has_weights()) throw_no_weights(choice, name);
  }
  if (choice.wanted.empty()) throw_nothing_chosen(choice, include, name);
  return choice;
}

}  // namespace akin::hub
