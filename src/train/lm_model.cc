#include "akin/train/lm_model.h"

#include <array>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "akin/base/atomic_file.h"
#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/formats/safetensors.h"
#include "akin/model/families.h"
#include "akin/nn/sinusoidal.h"

namespace akin {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kDeviation = 0.02;

/// What makes a family here: what names its tensors begin with, which biases there are, its configuration.
struct Recipe {
  LmObjective objective;
  LmPositions positions;
  const char* family;
  const char* token_table;  ///< in full: tells the names' prefix
  const char* head_tensor;  ///< of a masked model: tells that there is one
  bool has_biases;
  bool is_gated;
  Json (*config)(const LmShape& shape);
};

std::size_t inner_of(const LmShape& shape, bool gated) {
  if (shape.inner != 0) return shape.inner;
  return gated ? (8 * shape.dim / 3 + 63) / 64 * 64 : 4 * shape.dim;
}

Json gpt2_config(const LmShape& s) {
  return {{"architectures", {"GPT2LMHeadModel"}},
          {"model_type", "gpt2"},
          {"n_layer", s.n_layers},
          {"n_embd", s.dim},
          {"n_head", s.n_heads},
          {"n_inner", inner_of(s, false)},
          {"n_positions", s.context},
          {"activation_function", "gelu_new"},
          {"layer_norm_epsilon", 1e-5}};
}

Json llama_config(const LmShape& s) {
  return {{"architectures", {"LlamaForCausalLM"}},
          {"model_type", "llama"},
          {"num_hidden_layers", s.n_layers},
          {"hidden_size", s.dim},
          {"num_attention_heads", s.n_heads},
          {"num_key_value_heads", s.n_kv_heads == 0 ? s.n_heads : s.n_kv_heads},
          {"head_dim", s.dim / s.n_heads},
          {"intermediate_size", inner_of(s, true)},
          {"max_position_embeddings", s.context},
          {"hidden_act", "silu"},
          {"rms_norm_eps", 1e-5},
          {"rope_theta", 10000.0},
          {"attention_bias", false},
          {"mlp_bias", false}};
}

Json mpt_config(const LmShape& s) {
  return {{"architectures", {"MptForCausalLM"}},
          {"model_type", "mpt"},
          {"n_layers", s.n_layers},
          {"d_model", s.dim},
          {"n_heads", s.n_heads},
          {"expansion_ratio", 4},
          {"max_seq_len", s.context},
          {"no_bias", true},
          {"layer_norm_epsilon", 1e-5},
          {"attn_config", {{"model_type", ""}, {"alibi", true}, {"alibi_bias_max", 8}}}};
}

Json bert_config(const LmShape& s) {
  return {{"architectures", {"BertForMaskedLM"}},
          {"model_type", "bert"},
          {"num_hidden_layers", s.n_layers},
          {"hidden_size", s.dim},
          {"num_attention_heads", s.n_heads},
          {"intermediate_size", inner_of(s, false)},
          {"max_position_embeddings", s.context},
          {"type_vocab_size", 2},
          {"hidden_act", "gelu"},
          {"layer_norm_eps", 1e-12}};
}

Json modernbert_config(const LmShape& s) {
  return {{"architectures", {"ModernBertForMaskedLM"}},
          {"model_type", "modernbert"},
          {"num_hidden_layers", s.n_layers},
          {"hidden_size", s.dim},
          {"num_attention_heads", s.n_heads},
          {"intermediate_size", inner_of(s, true)},
          {"max_position_embeddings", s.context},
          {"hidden_activation", "gelu"},
          {"norm_eps", 1e-5},
          {"norm_bias", false},
          {"attention_bias", false},
          {"mlp_bias", false},
          {"global_attn_every_n_layers", 1},
          {"global_rope_theta", 10000.0},
          {"local_rope_theta", 10000.0},
          {"classifier_bias", false},
          {"decoder_bias", true}};
}

constexpr const char* kBertTable = "bert.embeddings.word_embeddings.weight";
constexpr const char* kBertHead = "cls.predictions.transform.dense.weight";
constexpr Recipe kRecipes[] = {
    {LmObjective::causal, LmPositions::learned, "gpt2", "transformer.wte.weight", "", true, false, gpt2_config},
    {LmObjective::causal, LmPositions::sinusoidal, "gpt2", "transformer.wte.weight", "", true, false, gpt2_config},
    {LmObjective::causal, LmPositions::rope, "llama", "model.embed_tokens.weight", "", false, true, llama_config},
    {LmObjective::causal, LmPositions::alibi, "mpt", "transformer.wte.weight", "", false, false, mpt_config},
    {LmObjective::masked, LmPositions::learned, "bert", kBertTable, kBertHead, true, false, bert_config},
    {LmObjective::masked, LmPositions::sinusoidal, "bert", kBertTable, kBertHead, true, false, bert_config},
    {LmObjective::masked, LmPositions::rope, "modernbert", "model.embeddings.tok_embeddings.weight", "head.dense.weight", false, true,
     modernbert_config},
};

const Recipe& recipe_of(const LmShape& shape) {
  for (const Recipe& recipe : kRecipes) {
    if (recipe.objective == shape.objective && recipe.positions == shape.positions) return recipe;
  }
  throw Error(ErrorCode::invalid_argument, "there is no family of " + std::string(name_of(shape.objective)) + " models with " +
                                               std::string(name_of(shape.positions)) + " positions that akin and transformers both open");
}

bool ends_with_bias(const std::string& name) { return name.ends_with(".bias"); }

/// A file that has tensors by name alone: what a description asks is which are there.
class NamesAlone final : public TensorFile {
 public:
  explicit NamesAlone(const std::vector<std::string>& names) {
    for (const std::string& name : names) tensors_.push_back({name, TensorType::f32, {}, {}});
  }
  [[nodiscard]] const TensorView* find(std::string_view name) const override {
    for (const TensorView& tensor : tensors_) {
      if (tensor.name == name) return &tensor;
    }
    return nullptr;
  }
  [[nodiscard]] const std::vector<TensorView>& tensors() const override { return tensors_; }
  [[nodiscard]] const std::filesystem::path& path() const override { return path_; }

 private:
  std::filesystem::path path_ = "a new model";
  std::vector<TensorView> tensors_;
};

ModelDescription describe(const LmShape& shape) {
  check(shape);
  const Recipe& recipe = recipe_of(shape);
  std::vector<std::string> names = {recipe.token_table};
  if (*recipe.head_tensor != '\0') names.emplace_back(recipe.head_tensor);
  if (!shape.is_tied) names.emplace_back("lm_head.weight");
  return describe_config(lm_config(shape), "a new model's config.json", NamesAlone(names));
}

/// BERT-like heads have a bias a token even where nothing else has one.
std::function<bool(const std::string&)> biases_of(const LmShape& shape, const ModelDescription& model) {
  const bool all = recipe_of(shape).has_biases;
  const std::string head_bias = model.head ? model.head->bias : "";
  return [all, head_bias](const std::string& name) { return name == head_bias || (all && name != "lm_head.bias"); };
}

bool ends_block(const Parameter& p, const ModelDescription& model) {
  for (std::size_t layer = 0; layer < model.spec.n_layers; ++layer) {
    for (const std::string& name : {model.names.attention_output, model.names.down}) {
      if (p.name == layer_name(name, layer) + ".weight") return true;
    }
  }
  return false;
}

void fill(const Parameter& p, const ModelDescription& model, Rng rng, std::span<float> values) {
  if (ends_with_bias(p.name)) return;  // zeros, as they are
  if (p.shape.size() == 1) {
    std::ranges::fill(values, 1.0F);
    return;
  }
  double deviation = kDeviation;
  if (ends_block(p, model)) deviation /= std::sqrt(2 * static_cast<double>(model.spec.n_layers));
  for (float& x : values) x = rng.normal() * static_cast<float>(deviation);
}

/// As large as a learned table's first numbers: sines of size 1 would drown the tokens.
void fill_sinusoidal(const Parameter& p, std::size_t first, std::span<float> values) {
  const Matrix<float> table = nn::sinusoidal_positions(p.shape[0] - first, p.shape[1]);
  const auto scale = static_cast<float>(kDeviation * std::sqrt(2.0));
  for (std::size_t i = 0; i < table.size(); ++i) values[first * p.shape[1] + i] = table.data()[i] * scale;
}

template <class Kind>
struct Named {
  Kind kind;
  std::string_view name;
};
constexpr Named<LmObjective> kObjectives[] = {{LmObjective::causal, "causal"}, {LmObjective::masked, "masked"}};
constexpr Named<LmPositions> kPositions[] = {
    {LmPositions::learned, "learned"}, {LmPositions::sinusoidal, "sinusoidal"}, {LmPositions::rope, "rope"}, {LmPositions::alibi, "alibi"}};

template <class Kind>
Kind kind_from(std::span<const Named<Kind>> table, std::string_view name, const char* what) {
  std::string known;
  for (const auto& row : table) {
    if (row.name == name) return row.kind;
    known += (known.empty() ? "" : ", ") + std::string(row.name);
  }
  throw Error(ErrorCode::invalid_argument, std::string(what) + " '" + std::string(name) + "' is not known; known are " + known);
}

template <class Kind>
std::string_view name_in(std::span<const Named<Kind>> table, Kind kind) noexcept {
  for (const auto& row : table) {
    if (row.kind == kind) return row.name;
  }
  return "?";
}

}  // namespace

LmObjective lm_objective_from(std::string_view name) { return kind_from<LmObjective>(kObjectives, name, "the objective"); }
LmPositions lm_positions_from(std::string_view name) { return kind_from<LmPositions>(kPositions, name, "the scheme of positions"); }
std::string_view name_of(LmObjective objective) noexcept { return name_in<LmObjective>(kObjectives, objective); }
std::string_view name_of(LmPositions positions) noexcept { return name_in<LmPositions>(kPositions, positions); }

void check(const LmShape& s) {
  const auto want = [](bool good, const std::string& what) {
    if (!good) throw Error(ErrorCode::invalid_argument, "a new model: " + what);
  };
  const Recipe& recipe = recipe_of(s);
  want(s.vocabulary_size >= 2 && s.vocabulary_size <= (std::size_t{1} << 24), "the vocabulary must have 2 to 16,777,216 tokens");
  want(s.n_layers >= 1 && s.n_layers <= 256, "1 to 256 layers can be asked for");
  want(s.dim >= 2 && s.dim <= 16384, "the hidden states' size must be 2 to 16,384");
  want(s.n_heads >= 1 && s.dim % s.n_heads == 0,
       "the hidden states' size " + std::to_string(s.dim) + " must be a multiple of the number of heads, " + std::to_string(s.n_heads));
  want(s.inner <= 262144, "the feed-forward part can be at most 262,144 wide");
  want(s.context >= 4 && s.context <= 131072, "a training text must have 4 to 131,072 tokens");
  want(s.positions != LmPositions::rope || s.dim / s.n_heads % 2 == 0, "rotary positions want an even number of dimensions a head");
  const bool is_grouped = s.n_kv_heads != 0 && s.n_kv_heads != s.n_heads;
  want(!is_grouped || (s.n_kv_heads <= s.n_heads && s.n_heads % s.n_kv_heads == 0),
       "the heads must be a multiple of the key and value heads");
  want(!is_grouped || std::string_view(recipe.family) == "llama", "only a causal model with rotary positions groups its queries");
  want(s.is_tied || s.objective == LmObjective::causal, "a masked model's head is tied to the token embeddings");
  want(s.inner == 0 || s.inner == 4 * s.dim || std::string_view(recipe.family) != "mpt",
       "the feed-forward part of a model with linear biases is four times the hidden states' size");
}

std::string lm_family(const LmShape& shape) { return recipe_of(shape).family; }

std::string lm_config(const LmShape& shape) {
  Json config = recipe_of(shape).config(shape);
  config["vocab_size"] = shape.vocabulary_size;
  config["tie_word_embeddings"] = shape.is_tied;
  config["initializer_range"] = kDeviation;
  config["torch_dtype"] = "float32";
  // The families' own defaults are ids of their own vocabularies.
  for (const char* special : {"pad_token_id", "bos_token_id", "eos_token_id", "cls_token_id", "sep_token_id"}) config[special] = nullptr;
  return config.dump(2) + "\n";
}

LmModel::LmModel(const LmShape& shape, const ModelDescription& description)
    : shape_(shape),
      transformer_(description, biases_of(shape, description), parameters_),
      head_(description, biases_of(shape, description), parameters_) {
  parameters_.allocate();
}

LmModel::LmModel(const LmShape& shape, std::uint64_t seed) : LmModel(shape, describe(shape)) {
  const ModelDescription& model = description();
  const Rng rng(seed);
  std::uint64_t number = 0;
  for (const Parameter& p : parameters_.list()) fill(p, model, rng.fork(number++), parameters_.values_of(p));
  if (shape.positions != LmPositions::sinusoidal) return;
  const std::string name = model.names.position_embedding + ".weight";
  fill_sinusoidal(*parameters_.find(name), model.spec.learned_positions->first, parameters_.values_of(*parameters_.find(name)));
  parameters_.freeze(name);
}

void LmModel::write(const std::filesystem::path& folder) const {
  AtomicFile config(folder / "config.json");
  config.write(lm_config(shape_));
  config.commit();
  write_safetensors(folder / "model.safetensors", parameters_.tensors(parameters_.values()), {{"format", "pt"}});
}

}  // namespace akin
