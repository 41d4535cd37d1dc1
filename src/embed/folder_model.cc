// Model folders: config.json and weights give the transformer; modules.json and what it lists give pooling, further steps, prompts and
// limits. A folder without modules.json is pooled by its mean, as sentence-transformers does with one.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "akin/base/background.h"
#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/formats/pickle.h"
#include "akin/formats/safetensors.h"
#include "akin/model/families.h"
#include "json_values.h"
#include "model_files.h"
#include "static_config.h"
#include "static_folder.h"
#include "static_table.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxTokenizerBytes = std::size_t{1} << 28;

// Families whose makers cut vectors behind a LayerNorm without weights (the model card of nomic-embed-text-v1.5); their folders do not say
// so.
constexpr std::string_view kLayerNormBeforeCut[] = {"nomic-bert"};

/// A folder named inside a model must stay inside it.
fs::path inside(const fs::path& folder, const std::string& relative, const fs::path& where) {
  const fs::path path(relative);
  if (path.is_absolute() || std::ranges::any_of(path, [](const fs::path& part) { return part == ".."; })) {
    throw Error(ErrorCode::corrupt, where.string() + ": path '" + relative + "' leads out of the model's folder");
  }
  return relative.empty() ? folder : folder / path;
}

nn::Pooling read_pooling(const Json& json, const fs::path& where) {
  constexpr std::array<std::pair<const char*, nn::PoolingMode>, 6> kFlags = {{
      {"pooling_mode_cls_token", nn::PoolingMode::cls},
      {"pooling_mode_max_tokens", nn::PoolingMode::max},
      {"pooling_mode_mean_tokens", nn::PoolingMode::mean},
      {"pooling_mode_mean_sqrt_len_tokens", nn::PoolingMode::mean_sqrt_len_tokens},
      {"pooling_mode_weightedmean_tokens", nn::PoolingMode::weightedmean},
      {"pooling_mode_lasttoken", nn::PoolingMode::lasttoken},
  }};
  nn::Pooling pooling;
  pooling.modes.clear();
  if (json.contains("pooling_mode")) {
    const Json& mode = json.at("pooling_mode");
    const auto names = mode.is_array() ? value_of(json, "pooling_mode", std::vector<std::string>{}, where)
                                       : std::vector<std::string>{value_of(json, "pooling_mode", std::string{}, where)};
    for (const std::string& name : names) pooling.modes.push_back(read_pooling_mode(name, where));
  } else {
    for (const auto& [key, mode] : kFlags) {
      if (value_of(json, key, false, where)) pooling.modes.push_back(mode);
    }
  }
  if (pooling.modes.empty()) pooling.modes.push_back(nn::PoolingMode::mean);
  return pooling;
}

/// "torch.nn.modules.activation.Tanh" → tanh.
kernels::Activation read_dense_activation(const std::string& name, const fs::path& where) {
  constexpr std::array<std::pair<std::string_view, kernels::Activation>, 5> kActivations = {{
      {"Identity", kernels::Activation::none},
      {"Tanh", kernels::Activation::tanh},
      {"ReLU", kernels::Activation::relu},
      {"GELU", kernels::Activation::gelu},
      {"SiLU", kernels::Activation::silu},
  }};
  const std::string last = name.substr(name.rfind('.') + 1);
  for (const auto& [known, activation] : kActivations) {
    if (known == last) return activation;
  }
  throw Error(ErrorCode::unsupported,
              where.string() + ": activation_function '" + name + "' is not known; known are Identity, Tanh, ReLU, GELU, SiLU");
}

/// Reads the modules of modules.json into `files`, one function a kind.
class ModuleReader {
 public:
  ModuleReader(ModelFiles& files, const fs::path& root) : files_(files), root_(root) {}

  void read(const Json& modules) {
    const fs::path where = root_ / "modules.json";
    if (!modules.is_array()) throw Error(ErrorCode::corrupt, where.string() + ": a JSON list of modules is wanted");
    for (const Json& module : modules) {
      const auto type = value_of(module, "type", std::string{}, where);
      folder_ = inside(root_, value_of(module, "path", std::string{}, where), where);
      read_one(type.substr(type.rfind('.') + 1), where);
    }
    if (!saw_transformer_) throw Error(ErrorCode::unsupported, where.string() + ": the list has no Transformer module");
    if (!saw_pooling_) throw Error(ErrorCode::unsupported, where.string() + ": the list has no Pooling module");
  }

 private:
  struct Kind {
    std::string_view name;
    void (ModuleReader::*read)();
    bool after_pooling;
  };

  void read_one(const std::string& type, const fs::path& where) {
    static constexpr std::array<Kind, 7> kKinds = {{
        {"Transformer", &ModuleReader::transformer, false},
        {"StaticEmbedding", &ModuleReader::static_embedding, false},
        {"Pooling", &ModuleReader::pooling, false},
        {"Dense", &ModuleReader::dense, true},
        {"LayerNorm", &ModuleReader::layer_norm, true},
        {"Normalize", &ModuleReader::normalize, true},
        {"Dropout", &ModuleReader::nothing, false},
    }};
    for (const Kind& kind : kKinds) {
      if (kind.name != type) continue;
      // A step works on the vector of a text, which is there after Pooling.
      if (kind.after_pooling && !saw_pooling_)
        throw Error(ErrorCode::unsupported,
                    where.string() + ": module '" + type + "' stands before Pooling: steps on tokens are not known");
      return (this->*kind.read)();
    }
    throw Error(ErrorCode::unsupported, where.string() + ": module '" + type + "' " + why_not(type) +
                                            "; known are Transformer, StaticEmbedding, Pooling, Dense, LayerNorm, Normalize, Dropout");
  }

  /// Of the reference's other modules, what akin would have to do and does not.
  static std::string why_not(std::string_view type) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kRefused = {{
        {"WeightedLayerPooling", "is not supported: it mixes the states of several layers"},
        {"Router", "is not supported: it sends queries and documents through models of their own"},
        {"Asym", "is not supported: it sends queries and documents through models of their own"},
        {"CNN", "is not supported: it is a convolution over tokens"},
        {"LSTM", "is not supported: it is a recurrent network over tokens"},
        {"BoW", "is not supported: it counts words"},
        {"WordEmbeddings", "is not supported: it looks words up in a table of its own format"},
        {"WordWeights", "is not supported: it weights words by a table of its own"},
        {"SpladePooling", "is not supported: it gives sparse vectors"},
        {"CLIPModel", "is not supported: convert its folder to transformers' own layout"},
    }};
    for (const auto& [name, why] : kRefused) {
      if (name == type) return std::string(why);
    }
    return "is not known";
  }

  void transformer() { saw_transformer_ = true; }
  void static_embedding() {
    saw_transformer_ = saw_pooling_ = true;  // it gives one vector a text
    dim_ = files_.model.spec.dim;
  }
  void nothing() {}

  void pooling() {
    if (saw_pooling_) throw Error(ErrorCode::unsupported, (root_ / "modules.json").string() + ": two Pooling modules are not supported");
    saw_pooling_ = true;
    const fs::path where = folder_ / "config.json";
    const Json json = read_json(where);
    files_.sentence.pooling = read_pooling(json, where);
    files_.sentence.include_prompt = value_of(json, "include_prompt", true, where);
    dim_ = files_.sentence.pooling.modes.size() * files_.model.spec.dim;
  }

  void dense() {
    const fs::path where = folder_ / "config.json";
    const Json json = read_json(where);
    for (const char* key : {"module_input_name", "module_output_name"}) {
      const auto name = value_of(json, key, std::string("sentence_embedding"), where);
      if (name != "sentence_embedding") {
        throw Error(ErrorCode::unsupported, where.string() + ": " + key + " '" + name + "' is not known; known is sentence_embedding");
      }
    }
    DenseStep step;
    step.n_in = dim_;
    step.n_out = value_of(json, "out_features", std::size_t{0}, where);
    const auto n_in = value_of(json, "in_features", std::size_t{0}, where);
    if (n_in != dim_ || step.n_out == 0) {
      throw Error(ErrorCode::mismatch, where.string() + ": in_features is " + std::to_string(n_in) + ", the step before gives " +
                                           std::to_string(dim_) + "; out_features is " + std::to_string(step.n_out));
    }
    step.activation =
        read_dense_activation(value_of(json, "activation_function", std::string("torch.nn.modules.activation.Tanh"), where), where);
    step.file = open_weights();
    step.name = "linear";
    files_.sentence.steps.emplace_back(step);
    dim_ = step.n_out;
  }

  void layer_norm() { files_.sentence.steps.emplace_back(LayerNormStep{open_weights(), "norm", dim_}); }
  void normalize() { files_.sentence.steps.emplace_back(NormalizeStep{}); }

  const TensorFile* open_weights() {
    files_.step_weights.push_back(open_safetensors(folder_));
    return files_.step_weights.back().get();
  }

  ModelFiles& files_;
  fs::path root_;
  fs::path folder_;
  std::size_t dim_ = 0;
  bool saw_transformer_ = false, saw_pooling_ = false;
};

void read_prompts(const fs::path& folder, SentenceConfig& sentence) {
  const fs::path where = folder / "config_sentence_transformers.json";
  const Json json = read_optional_json(where);
  const auto prompts = value_of(json, "prompts", std::map<std::string, std::string>{}, where);
  sentence.prompts.assign(prompts.begin(), prompts.end());
  sentence.default_prompt = value_of(json, "default_prompt_name", std::string{}, where);
  sentence.similarity = value_of(json, "similarity_fn_name", std::string("cosine"), where);
  if (!sentence.default_prompt.empty() && !prompts.contains(sentence.default_prompt)) {
    throw Error(ErrorCode::corrupt, where.string() + ": default_prompt_name '" + sentence.default_prompt + "' is not among the prompts");
  }
}

/// The limit that the folder states, else what positions and tokenizer allow.
void read_limits(const fs::path& folder, const ModelDescription& model, SentenceConfig& sentence) {
  const fs::path where = folder / "sentence_bert_config.json";
  const Json json = read_optional_json(where);
  sentence.lowercase = value_of(json, "do_lower_case", false, where);
  const std::size_t positions = model.spec.max_positions();
  const auto stated = value_of(json, "max_seq_length", std::int64_t{0}, where);
  if (stated < 0) {
    throw Error(ErrorCode::corrupt,
                where.string() + ": key 'max_seq_length' must be a whole number above 0, found " + std::to_string(stated));
  }
  sentence.max_tokens = static_cast<std::size_t>(stated);
  if (sentence.max_tokens == 0) {
    const fs::path tokenizer_config = folder / "tokenizer_config.json";
    const double limit = value_of(read_optional_json(tokenizer_config), "model_max_length", 1e30, tokenizer_config);
    sentence.max_tokens = limit >= 1 && limit < static_cast<double>(positions) ? static_cast<std::size_t>(limit) : positions;
  }
  sentence.max_tokens = std::min(sentence.max_tokens, positions);
}

/// Where the transformer's or the static table's own files lie: the folder itself, or the first module's folder ("0_Transformer").
fs::path transformer_folder(const fs::path& folder, const Json& modules) {
  for (const Json& module : modules) {
    if (!module.is_object()) continue;
    const auto type = value_of(module, "type", std::string{}, folder / "modules.json");
    if (type.ends_with("Transformer") || type.ends_with("StaticEmbedding")) {
      return inside(folder, value_of(module, "path", std::string{}, folder / "modules.json"), folder / "modules.json");
    }
  }
  return folder;
}

/// A folder of token vectors: its modules or its configuration say so.
bool is_static_folder(const Json& modules, const fs::path& root, const fs::path& folder) {
  for (const Json& module : modules) {
    if (!module.is_object()) continue;
    return value_of(module, "type", std::string{}, folder / "modules.json").ends_with("StaticEmbedding");
  }
  const fs::path config = root / "config.json";
  return value_of(read_optional_json(config), "model_type", std::string{}, config) == "model2vec";
}

ModelWeights read_folder_weights(const fs::path& folder, const Json& modules) {
  const fs::path root = transformer_folder(folder, modules);
  const fs::path config = root / "config.json";
  if (!fs::exists(config)) {
    throw Error(ErrorCode::not_found, folder.string() + ": no config.json in it: a Hugging Face model folder or a .gguf file is wanted");
  }
  std::unique_ptr<TensorFile> weights = open_safetensors(root);
  ModelDescription model = describe_config(read_file(config, kMaxConfigBytes), config.string(), *weights);
  return {fs::weakly_canonical(folder).filename().string(), std::move(model), std::move(weights), root};
}

/// modules.json; null if there is none.
Json read_modules(const fs::path& folder) {
  const fs::path path = folder / "modules.json";
  return fs::exists(path) ? read_json(path) : Json();
}

void require_model(const fs::path& model) {
  if (!fs::exists(model)) throw Error(ErrorCode::not_found, model.string() + ": no such model folder or .gguf file");
}

}  // namespace

Tokenizer read_tokenizer_beside(const std::function<Tokenizer()>& read, const UseWeights& use, const ModelWeights& weights) {
  if (!use) return read();
  std::optional<Tokenizer> tokenizer;
  Background reading;
  reading.run([&] { tokenizer = read(); });
  use(*weights.weights, weights.model);
  reading.wait();
  return std::move(*tokenizer);
}

ModelFiles read_folder_model(const fs::path& folder, const UseWeights& use) {
  const Json modules = read_modules(folder);
  ModelWeights parts = read_folder_weights(folder, modules);
  Tokenizer tokenizer = read_tokenizer_beside([&] { return read_tokenizer(parts); }, use, parts);
  ModelFiles files{.name = std::move(parts.name),
                   .model = std::move(parts.model),
                   .weights = std::move(parts.weights),
                   .step_weights = {},
                   .tokenizer = std::move(tokenizer),
                   .sentence = {}};
  if (fs::exists(parts.folder / "tokenizer.json")) files.tokenizer_file = parts.folder / "tokenizer.json";
  read_limits(parts.folder, files.model, files.sentence);
  read_prompts(folder, files.sentence);
  if (!modules.is_null()) ModuleReader(files, folder).read(modules);
  return files;
}

bool is_static_folder(const fs::path& folder) {
  if (!fs::is_directory(folder)) return false;
  const Json modules = read_modules(folder);
  return is_static_folder(modules, transformer_folder(folder, modules), folder);
}

StaticFiles read_static_folder(const fs::path& folder) {
  const Json modules = read_modules(folder);
  const fs::path root = transformer_folder(folder, modules);
  const fs::path tokenizer = root / "tokenizer.json";
  const std::string tokenizer_json = read_file(tokenizer, kMaxTokenizerBytes);
  StaticFiles all{{.name = fs::weakly_canonical(folder).filename().string(),
                   .model = {},
                   .weights = open_safetensors(root),
                   .step_weights = {},
                   .tokenizer = Tokenizer::from_json(tokenizer_json, tokenizer.string()),
                   .sentence = {}},
                  {}};
  ModelFiles& files = all.files;
  all.table = find_static_table(*files.weights, files.tokenizer.vocabulary_size());
  files.model.family = all.table.is_model2vec ? "model2vec" : "static-embedding";
  files.model.spec.dim = all.table.rows->shape[1];
  files.model.spec.vocabulary_size = files.tokenizer.vocabulary_size();
  read_prompts(folder, files.sentence);
  if (!modules.is_null()) ModuleReader(files, folder).read(modules);
  read_static_limits(root / "config.json", tokenizer_json, all);
  return all;
}

ModelFiles read_model(const fs::path& model, const UseWeights& use) {
  if (!fs::is_directory(model)) require_model(model);
  if (!fs::is_directory(model) && is_pickle(model)) refuse_pickle(model);
  ModelFiles files = fs::is_directory(model) ? read_folder_model(model, use) : read_gguf_model(model, use);
  files.sentence.layer_norm_before_cut = std::ranges::find(kLayerNormBeforeCut, files.model.family) != std::end(kLayerNormBeforeCut);
  return files;
}

ModelWeights read_weights(const fs::path& model) {
  if (fs::is_directory(model)) return read_folder_weights(model, read_modules(model));
  require_model(model);
  auto file = std::make_unique<GgufFile>(model);
  ModelDescription description = describe_gguf(*file);
  std::string name(file->string("general.name", model.stem().string()));
  return {std::move(name), std::move(description), std::move(file), {}};
}

std::size_t read_max_tokens(const ModelWeights& weights) {
  if (const auto* gguf = dynamic_cast<const GgufFile*>(weights.weights.get())) return read_gguf_max_tokens(*gguf, weights.model.spec);
  SentenceConfig sentence;
  read_limits(weights.folder, weights.model, sentence);
  return sentence.max_tokens;
}

Tokenizer read_tokenizer(const ModelWeights& weights) {
  if (const auto* gguf = dynamic_cast<const GgufFile*>(weights.weights.get())) return read_gguf_tokenizer(*gguf);
  return Tokenizer::from_folder(weights.folder);
}

nn::PoolingMode read_pooling_mode(std::string_view name, const fs::path& where) {
  try {
    return nn::pooling_mode_from(name);
  } catch (const Error& error) {
    throw Error(error.code(), where.string() + ": " + error.what());
  }
}

std::size_t output_dim(const ModelFiles& files) {
  std::size_t dim = files.sentence.pooling.modes.size() * files.model.spec.dim;
  for (const StepSpec& step : files.sentence.steps) {
    if (const auto* dense = std::get_if<DenseStep>(&step)) dim = dense->n_out;
  }
  return dim;
}

}  // namespace akin
