// Writes a tuned model as the folder it came from. Tested by tunable_encoder_test.cc.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

#include "akin/base/atomic_file.h"
#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/formats/safetensors.h"
#include "tunable_encoder.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// What a tokenizer.json of 250,000 pieces has, ten times over.
constexpr std::size_t kMaxCopiedBytes = std::size_t{256} << 20;

/// Files of a model that are neither numbers nor a text about it. The list of a sharded model's files would be wrong for the new one.
bool is_copied(const fs::path& file) {
  constexpr std::array<std::string_view, 3> kEndings = {".json", ".txt", ".model"};
  const std::string name = file.filename().string();
  return std::ranges::find(kEndings, file.extension().string()) != kEndings.end() && !name.ends_with(".index.json");
}

/// Runtimes' own copies of a model lie in folders beside it.
bool is_other_runtime(const fs::path& folder) {
  constexpr std::array<std::string_view, 3> kNames = {"onnx", "openvino", "coreml"};
  return std::ranges::find(kNames, folder.filename().string()) != kNames.end() || folder.filename().string().starts_with(".");
}

void write_text(const fs::path& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

/// The numbers are written as f32, whatever they were.
std::string with_f32(const std::string& config, const fs::path& where) {
  Json json = Json::parse(config, nullptr, false);
  if (!json.is_object()) throw Error(ErrorCode::corrupt, where.string() + ": a JSON object is wanted");
  for (const char* key : {"torch_dtype", "dtype"}) {
    if (json.contains(key)) json[key] = "float32";
  }
  return json.dump(2) + "\n";
}

void copy_files(const SentenceParts& parts, const fs::path& to) {
  for (auto it = fs::recursive_directory_iterator(parts.folder); it != fs::recursive_directory_iterator(); ++it) {
    if (it->is_directory()) {
      if (is_other_runtime(it->path())) it.disable_recursion_pending();
      continue;
    }
    if (!it->is_regular_file() || !is_copied(it->path())) continue;
    const fs::path target = to / fs::relative(it->path(), parts.folder);
    fs::create_directories(target.parent_path());
    const std::string text = read_file(it->path(), kMaxCopiedBytes);
    const bool is_config = fs::equivalent(it->path().parent_path(), parts.transformer) && it->path().filename() == "config.json";
    write_text(target, is_config ? with_f32(text, it->path()) : text);
  }
}

/// A plain folder is pooled by its mean: said in the files that sentence-transformers reads.
void write_modules(const SentenceParts& parts, const fs::path& to) {
  constexpr std::string_view kType = "sentence_transformers.models.";
  Json modules = Json::array();
  const auto add = [&](const char* path, const char* type) {
    const std::string number = std::to_string(modules.size());
    modules.push_back({{"idx", modules.size()}, {"name", number}, {"path", path}, {"type", std::string(kType) + type}});
  };
  add("", "Transformer");
  add("1_Pooling", "Pooling");
  fs::create_directories(to / "1_Pooling");
  const Json pooling = {{"word_embedding_dimension", parts.model.spec.dim}, {"pooling_mode_mean_tokens", true}};
  write_text(to / "1_Pooling" / "config.json", pooling.dump(2) + "\n");
  write_text(to / "modules.json", modules.dump(2) + "\n");
}

/// The trained tensors, and those that training left alone.
std::vector<TensorView> all_tensors(const SentenceParts& parts, const Parameters& parameters) {
  std::vector<TensorView> tensors = parameters.tensors(parameters.values());
  std::set<const TensorView*> trained;
  for (const Parameter& p : parameters.list()) trained.insert(find_part(*parts.weights, p.name));
  for (const TensorView& tensor : parts.weights->tensors()) {
    if (!trained.contains(&tensor)) tensors.push_back(tensor);
  }
  return tensors;
}

}  // namespace

void write_tuned_folder(const SentenceParts& parts, const Parameters& parameters, const fs::path& folder) {
  std::error_code ignored;
  if (fs::equivalent(folder, parts.folder, ignored)) {
    throw Error(ErrorCode::invalid_argument, folder.string() + ": the model that is tuned lies there; name another folder");
  }
  fs::create_directories(folder);
  copy_files(parts, folder);
  if (!parts.has_modules) write_modules(parts, folder);
  const fs::path inner = folder / fs::relative(parts.transformer, parts.folder);
  write_safetensors(inner / "model.safetensors", all_tensors(parts, parameters), {{"format", "pt"}});
}

}  // namespace akin
