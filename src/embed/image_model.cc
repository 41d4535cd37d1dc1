#include "image_model.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/base/sha256.h"
#include "akin/formats/safetensors.h"

namespace akin {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr std::size_t kMaxConfigBytes = std::size_t{16} << 20;

/// The file as JSON; an empty object if it is not there or no object.
Json read_object(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return Json::object();
  Json json = Json::parse(read_file(path, kMaxConfigBytes), nullptr, false);
  return json.is_object() ? json : Json::object();
}

/// Where the model's own files lie: the folder itself, or the folder of a CLIPModel that modules.json begins with.
struct Place {
  fs::path root;
  bool sentence_transformers = false;
  bool normalize = false;  ///< modules.json lists it
};

Place place_of(const fs::path& folder) {
  std::error_code ignored;
  const fs::path where = folder / "modules.json";
  if (!fs::is_regular_file(where, ignored)) return {folder};
  const Json modules = Json::parse(read_file(where, kMaxConfigBytes), nullptr, false);
  Place place{folder};
  if (!modules.is_array()) return place;
  for (const Json& module : modules) {
    if (!module.is_object() || !module.contains("type") || !module.at("type").is_string()) continue;
    const auto type = module.at("type").get<std::string>();
    if (type.ends_with(".CLIPModel")) {
      const std::string inner = module.contains("path") && module.at("path").is_string() ? module.at("path").get<std::string>() : "";
      if (inner.find("..") != std::string::npos || inner.starts_with('/')) {
        throw Error(ErrorCode::corrupt, where.string() + ": path '" + inner + "' leads out of the model's folder");
      }
      place.root = inner.empty() ? folder : folder / inner;
      place.sentence_transformers = true;
    } else if (type.ends_with(".Normalize")) {
      place.normalize = true;
    } else if (place.sentence_transformers) {
      throw Error(ErrorCode::unsupported, where.string() + ": module '" + type + "' after a CLIPModel is not known; known is Normalize");
    }
  }
  return place;
}

bool has_config(const fs::path& root, bool (*matches)(std::string_view)) {
  std::error_code ignored;
  const fs::path config = root / "config.json";
  if (!fs::is_regular_file(config, ignored)) return false;
  const std::string json = read_file(config, kMaxConfigBytes);
  return Json::parse(json, nullptr, false).is_object() && matches(json);
}

/// The pad token is a text, or an object with its content.
void read_text_limits(const fs::path& root, ImageModelFiles& files) {
  const Json config = read_object(root / "tokenizer_config.json");
  const std::size_t positions = files.text->model.spec.max_positions();
  files.max_tokens = positions;
  if (config.contains("model_max_length") && config.at("model_max_length").is_number()) {
    const double limit = config.at("model_max_length").get<double>();
    if (limit >= 1 && limit < static_cast<double>(positions)) files.max_tokens = static_cast<std::size_t>(limit);
  }
  Json pad = config.contains("pad_token") ? config.at("pad_token") : Json();
  if (pad.is_object() && pad.contains("content")) pad = Json(pad.at("content"));
  if (!files.tokenizer || !pad.is_string()) return;
  const std::int32_t id = files.tokenizer->id_of(pad.get<std::string>());
  if (id >= 0) files.text->pad_id = id;
}

void read_text(const fs::path& root, const std::string& config, ImageModelFiles& files) {
  files.text = describe_text_tower(config, (root / "config.json").string(), *files.weights);
  try {
    files.tokenizer = Tokenizer::from_folder(root);
    const std::size_t n = files.tokenizer->vocabulary_size(), rows = files.text->model.spec.vocabulary_size;
    if (n > rows) {
      throw Error(ErrorCode::mismatch, root.string() + ": the tokenizer has " + std::to_string(n) + " tokens, the embedding table " +
                                           std::to_string(rows) + " rows");
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unsupported && error.code() != ErrorCode::not_found) throw;
    files.no_texts = error.what();
  }
  read_text_limits(root, files);
}

void number(Sha256& hash, double value) { hash.field(std::to_string(std::bit_cast<std::uint64_t>(value))); }

void transformer(Sha256& hash, const TransformerSpec& spec) {
  number(hash, static_cast<double>(spec.norm.eps));
  number(hash, static_cast<double>(spec.attention.n_heads));
  number(hash, static_cast<double>(spec.attention.causal));
  number(hash, static_cast<double>(spec.mlp.activation));
}

void weights(Sha256& hash, const TensorFile& file) {
  std::vector<const TensorView*> sorted;
  for (const TensorView& tensor : file.tensors()) {
    if (!tensor.name.ends_with("position_ids")) sorted.push_back(&tensor);
  }
  std::ranges::sort(sorted, {}, [](const TensorView* tensor) { return tensor->name; });
  for (const TensorView* tensor : sorted) {
    hash.field(tensor->name).field(name_of(tensor->type));
    for (const std::size_t n : tensor->shape) number(hash, static_cast<double>(n));
    hash.update(tensor->bytes);
  }
}

}  // namespace

bool is_image_model(const fs::path& model) {
  std::error_code ignored;
  if (!fs::is_directory(model, ignored)) return false;
  const Place place = place_of(model);
  if (place.sentence_transformers) return true;
  // A folder of sentence-transformers whose first module is a transformer is read as such.
  if (fs::exists(model / "modules.json", ignored)) return false;
  return has_config(model, is_vision_config) || has_config(model, is_text_tower_config);
}

ImageModelFiles read_image_model(const fs::path& folder) {
  const Place place = place_of(folder);
  const fs::path config_path = place.root / "config.json";
  const std::string config = read_file(config_path, kMaxConfigBytes);
  ImageModelFiles files;
  files.name = fs::weakly_canonical(folder).filename().string();
  files.weights = open_safetensors(place.root);
  if (is_vision_config(config)) {
    files.vision = describe_vision(config, config_path.string(), *files.weights);
    files.processor = ImageProcessor::from_folder(place.root);
  }
  files.no_texts = "the model takes images only";
  if (is_text_tower_config(config)) {
    files.no_texts.clear();
    read_text(place.root, config, files);
  }
  files.normalize = place.sentence_transformers
                        ? place.normalize
                        : files.text.has_value() || files.vision->family == "clip" || files.vision->family == "siglip";
  return files;
}

std::string space_fingerprint(const ImageModelFiles& files, const EmbedderOptions& options) {
  Sha256 hash;
  hash.field("akin image space 1");
  weights(hash, *files.weights);
  if (files.vision) {
    const VisionSpec& spec = files.vision->spec;
    hash.field("vision");
    transformer(hash, spec.transformer);
    number(hash, static_cast<double>(spec.image_size));
    number(hash, static_cast<double>(spec.patch_size));
    hash.field(files.processor->text());
  }
  if (files.text) {
    hash.field("text").field(files.tokenizer ? files.tokenizer->fingerprint() : "");
    transformer(hash, files.text->model.spec);
    number(hash, static_cast<double>(files.text->pooling));
    number(hash, static_cast<double>(files.text->end_id));
    number(hash, static_cast<double>(files.text->pad_to));
    number(hash, static_cast<double>(files.text->pad_id));
    number(hash, static_cast<double>(options.max_tokens == 0 ? files.max_tokens : options.max_tokens));
    hash.field(options.prompt.value_or(""));
  }
  number(hash, static_cast<double>(files.normalize));
  number(hash, static_cast<double>(options.dims));
  number(hash, static_cast<double>(options.normalize));
  hash.field(name_of(options.precision));
  return hash.hex();
}

}  // namespace akin
