// From a GGUF file to a model description: the keys that llama.cpp's converter writes, and ours where those have no word.
#include <algorithm>
#include <cmath>

#include "akin/base/error.h"
#include "akin/model/families.h"
#include "akin/nn/alibi.h"
#include "config.h"
#include "family.h"
#include "gguf_architectures.h"
#include "gguf_metadata.h"

namespace akin {
namespace {

using nn::RopeScalingKind;

constexpr std::size_t kMostLayers = 4096;
// No tensor is as wide as this: a product of lying sizes is refused before it is computed with.
constexpr std::size_t kWidest = std::size_t{1} << 24;

std::size_t rows_of(const GgufFile& file, const char* tensor) {
  const TensorView* found = file.find(tensor);
  return found != nullptr && found->shape.size() == 2 ? found->shape[0] : 0;
}

std::string supported_architectures() {
  std::string list;
  for (const GgufArchitecture& row : gguf_architectures()) list += (list.empty() ? "" : ", ") + std::string(row.name);
  return list;
}

const GgufArchitecture& architecture_of(const GgufMetadata& keys) {
  if (const GgufArchitecture* row = gguf_architecture(keys.architecture())) return *row;
  keys.unsupported("architecture '" + keys.architecture() + "' is not one that akin runs; it runs " + supported_architectures());
}

void refuse_what_is_not_run(const GgufMetadata& keys) {
  for (const char* key : {"attn_logit_softcapping", "final_logit_softcapping", "attention.clamp_kqv", "expert_count"}) {
    if (keys.real(key, 0) != 0) keys.unsupported("metadata '" + keys.full(key) + "' is not known to akin");
  }
}

std::size_t read_dim(const GgufMetadata& keys) {
  const std::size_t dim = keys.size("embedding_length");
  if (dim > kWidest) keys.fail("embedding_length", "at most " + std::to_string(kWidest), std::to_string(dim));
  return dim;
}

std::size_t read_layers(const GgufMetadata& keys) {
  const std::size_t n = keys.size("block_count");
  if (n > kMostLayers) keys.fail("block_count", "at most " + std::to_string(kMostLayers), std::to_string(n));
  return n;
}

std::vector<float> read_slopes(const GgufMetadata& keys, const GgufArchitecture& architecture, std::size_t n_heads) {
  if (keys.file().has(gguf::kAlibiSlopes)) {
    std::vector<float> slopes = keys.file().numbers(gguf::kAlibiSlopes);
    if (slopes.size() != n_heads) keys.unsupported(std::string(gguf::kAlibiSlopes) + " wants one number a head");
    return slopes;
  }
  if (architecture.positions == GgufPositions::alibi) return nn::alibi_slopes(n_heads);
  if (architecture.positions != GgufPositions::alibi_mpt) return {};
  const double largest = keys.real("attention.max_alibi_bias", 0);
  if (!(largest > 0)) keys.unsupported("a model of architecture 'mpt' without ALiBi (attention.max_alibi_bias) is not known to akin");
  return nn::alibi_slopes_mpt(n_heads, largest);
}

nn::RelativeBuckets read_buckets(const GgufMetadata& keys) {
  nn::RelativeBuckets buckets;
  buckets.n_buckets = keys.size("attention.relative_buckets_count");
  const std::int64_t farthest = keys.file().integer(gguf::kMaxDistance, 128);
  const auto n = static_cast<std::int64_t>(buckets.n_buckets);
  if (n < 4 || n > 65536 || farthest <= n / 4 || farthest > std::int64_t{1} << 30) {
    keys.fail("attention.relative_buckets_count",
              "from 4 to 65536, with a quarter of it below the largest distance " + std::to_string(farthest), std::to_string(n));
  }
  buckets.max_distance = static_cast<std::size_t>(farthest);
  return buckets;
}

nn::AttentionSpec read_attention(const GgufMetadata& keys, const GgufArchitecture& architecture, std::size_t dim) {
  nn::AttentionSpec spec;
  spec.n_heads = keys.size("attention.head_count");
  spec.n_kv_heads = keys.size("attention.head_count_kv", spec.n_heads);
  if (spec.n_heads % spec.n_kv_heads != 0) {
    keys.fail("attention.head_count_kv", "a divisor of the " + std::to_string(spec.n_heads) + " heads", std::to_string(spec.n_kv_heads));
  }
  if (!keys.has("attention.key_length") && dim % spec.n_heads != 0) {
    keys.fail("attention.head_count", "a divisor of embedding_length " + std::to_string(dim), std::to_string(spec.n_heads));
  }
  spec.head_dim = keys.size("attention.key_length", std::max<std::size_t>(dim / spec.n_heads, 1));
  if (keys.size("attention.value_length", spec.head_dim) != spec.head_dim) {
    keys.unsupported("attention.value_length differs from attention.key_length, which is not known to akin");
  }
  if (spec.n_heads > kWidest / spec.head_dim) {
    keys.fail("attention.head_count", "fewer heads, or narrower ones than " + std::to_string(spec.head_dim), std::to_string(spec.n_heads));
  }
  const bool scaled = architecture.positions != GgufPositions::buckets;
  spec.scale = static_cast<float>(
      keys.positive("attention.scale", static_cast<double>(scaled ? 1 / std::sqrt(static_cast<float>(spec.head_dim)) : 1.0F)));
  spec.causal = keys.flag("attention.causal", architecture.causal);
  if (architecture.positions == GgufPositions::buckets) spec.relative_bias = read_buckets(keys);
  spec.alibi_slopes = read_slopes(keys, architecture, spec.n_heads);
  return spec;
}

RopeScalingKind scaling_kind(const GgufMetadata& keys) {
  struct Name {
    std::string_view name;
    RopeScalingKind kind;
  };
  constexpr Name kOurs[] = {{"ntk", RopeScalingKind::ntk}, {"dynamic", RopeScalingKind::dynamic_ntk}, {"llama3", RopeScalingKind::llama3}};
  constexpr Name kTheirs[] = {{"none", RopeScalingKind::none}, {"linear", RopeScalingKind::linear}, {"yarn", RopeScalingKind::yarn}};
  const bool ours = keys.file().has(gguf::kRopeScaling);
  // Files from before the key was there say a factor alone.
  const char* silent = keys.has("rope.scale_linear") ? "linear" : "none";
  const std::string name = ours ? std::string(keys.file().string(gguf::kRopeScaling)) : keys.text("rope.scaling.type", silent);
  for (const Name& known : ours ? std::span<const Name>(kOurs) : std::span<const Name>(kTheirs)) {
    if (known.name == name) return known.kind;
  }
  keys.unsupported("rotary scaling '" + name + "' is not known; known are none, linear, yarn, and akin's ntk, dynamic, llama3");
}

double own_positive(const GgufMetadata& keys, const char* key, double missing) {
  const double value = keys.file().number(key, missing);
  if (!(value > 0 && std::isfinite(value))) keys.unsupported("metadata '" + std::string(key) + "' must be above 0");
  return value;
}

nn::RopeScaling read_scaling(const GgufMetadata& keys, std::size_t context_length) {
  nn::RopeScaling scaling;
  scaling.kind = scaling_kind(keys);
  if (scaling.kind == RopeScalingKind::none) return scaling;
  scaling.factor = keys.positive("rope.scaling.factor", keys.positive("rope.scale_linear", 1));
  scaling.original_positions = keys.size("rope.scaling.original_context_length", context_length);
  if (scaling.kind == RopeScalingKind::llama3) {
    scaling.low_freq_factor = own_positive(keys, gguf::kRopeLowFrequency, 1);
    scaling.high_freq_factor = own_positive(keys, gguf::kRopeHighFrequency, 4);
    if (scaling.high_freq_factor <= scaling.low_freq_factor) keys.unsupported("akin.rope.high_freq_factor must be above low_freq_factor");
  }
  if (scaling.kind != RopeScalingKind::yarn) return scaling;
  scaling.beta_fast = keys.positive("rope.scaling.yarn_beta_fast", 32);
  scaling.beta_slow = keys.positive("rope.scaling.yarn_beta_slow", 1);
  scaling.truncate = keys.file().boolean(gguf::kRopeTruncate, true);
  scaling.attention_factor =
      keys.real("rope.scaling.yarn_attn_factor", nn::yarn_attention_factor(scaling.factor)) * keys.real("rope.scaling.attn_factor", 1);
  return scaling;
}

nn::RopeSpec read_rope(const GgufMetadata& keys, const nn::AttentionSpec& attention, std::size_t context_length) {
  nn::RopeSpec rope;
  rope.dim = keys.size("rope.dimension_count", attention.head_dim);
  if (rope.dim % 2 != 0 || rope.dim > attention.head_dim) {
    keys.fail("rope.dimension_count", "even and at most the " + std::to_string(attention.head_dim) + " numbers of a head",
              std::to_string(rope.dim));
  }
  rope.theta = keys.positive("rope.freq_base", 10000);
  rope.scaling = read_scaling(keys, context_length);
  // llama.cpp's form of LLaMA 3's scaling; where our keys say how it came about, those are used.
  const TensorView* divisors = keys.file().find("rope_freqs.weight");
  if (divisors == nullptr || rope.scaling.kind == RopeScalingKind::llama3) return rope;
  if (divisors->size() != rope.dim / 2) {
    keys.unsupported("tensor 'rope_freqs.weight' has " + std::to_string(divisors->size()) + " numbers, " + std::to_string(rope.dim / 2) +
                     " are wanted");
  }
  rope.scaling.divisors.resize(rope.dim / 2);
  divisors->row_to_float(0, rope.scaling.divisors);
  if (!std::ranges::all_of(rope.scaling.divisors, [](float x) { return x > 0 && std::isfinite(x); })) {
    keys.unsupported("tensor 'rope_freqs.weight' must hold numbers above 0");
  }
  return rope;
}

void read_ropes(const GgufMetadata& keys, const GgufArchitecture& architecture, TransformerSpec& spec) {
  const bool pairs = architecture.positions == GgufPositions::rope_pairs;
  if (!pairs && architecture.positions != GgufPositions::rope_halves) return;
  if (!spec.attention.alibi_slopes.empty()) return;  // old Falcon
  spec.ropes = {read_rope(keys, spec.attention, std::min(spec.context_length, kNoPositionLimit))};
  if (pairs) spec.attention.n_paired = spec.ropes[0].dim;
  if (!architecture.sliding.own_rope) return;
  nn::RopeSpec local;
  local.dim = spec.ropes[0].dim;
  local.theta = keys.positive("rope.freq_base_swa", 10000);
  spec.ropes.push_back(local);
}

/// Which layers slide: listed one by one, or every layer but one of a period.
std::vector<bool> sliding_layers(const GgufMetadata& keys, const GgufSliding& sliding, std::size_t n_layers) {
  constexpr const char* kPattern = "attention.sliding_window_pattern";
  std::vector<bool> slides(n_layers);
  const GgufValue* value = keys.file().value(keys.full(kPattern));
  if (value != nullptr && value->type == GgufType::array) {
    const std::vector<GgufValue> list = value->elements();
    if (list.size() != n_layers) keys.fail(kPattern, "one entry a layer", std::to_string(list.size()) + " entries");
    for (std::size_t layer = 0; layer < n_layers; ++layer) {
      const auto flag = list[layer].as_boolean();
      const auto number = list[layer].as_integer();
      if (!flag && !number) keys.fail(kPattern, "a list of booleans", value->describe());
      slides[layer] = flag ? *flag : *number != 0;
    }
    return slides;
  }
  const std::size_t period = keys.count(kPattern, sliding.period);
  for (std::size_t layer = 0; layer < n_layers; ++layer) {
    slides[layer] = period == 0 || layer % period != (sliding.global_first ? 0 : period - 1);
  }
  return slides;
}

void read_patterns(const GgufMetadata& keys, const GgufArchitecture& architecture, TransformerSpec& spec) {
  const std::size_t length = keys.count("attention.sliding_window", 0);
  if (length == 0) return;
  // Looking back, a position sees itself and length − 1 before it; looking both ways, half of it on either side.
  const std::size_t window = spec.attention.causal ? length - 1 : length / 2;
  const std::size_t rope = architecture.sliding.own_rope ? 1 : 0;
  for (const bool slides : sliding_layers(keys, architecture.sliding, spec.n_layers)) {
    spec.patterns.push_back(slides ? nn::AttentionPattern{.window = window, .rope = rope} : nn::AttentionPattern{});
  }
}

kernels::Activation read_activation(const GgufMetadata& keys, const GgufArchitecture& architecture, bool gated) {
  const std::string stored =
      keys.file().has(gguf::kActivation) ? std::string(keys.file().string(gguf::kActivation)) : keys.text("hidden_activation", "");
  if (stored.empty()) {
    // T5's plain MLP has ReLU, its gated one GELU.
    return architecture.positions == GgufPositions::buckets && gated ? kernels::Activation::gelu_tanh : architecture.activation;
  }
  const nlohmann::json named = {{"activation", stored}};
  const Config config(named.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), keys.file().path().string());
  return config.activation("activation", "");
}

nn::NormSpec read_norm(const GgufMetadata& keys, const GgufArchitecture& architecture) {
  nn::NormSpec norm;
  norm.kind = architecture.norm;
  constexpr const char *kLayer = "attention.layer_norm_epsilon", *kRms = "attention.layer_norm_rms_epsilon";
  const bool rms = norm.kind == nn::NormKind::rms;
  const char* key = keys.has(rms ? kRms : kLayer) ? (rms ? kRms : kLayer) : (rms ? kLayer : kRms);
  if (!keys.has(key)) static_cast<void>(keys.file().number(keys.full(rms ? kRms : kLayer)));  // names what is missing
  norm.eps = static_cast<float>(keys.real(key, 0));
  if (!(norm.eps >= 0)) keys.fail(key, "0 or above", std::to_string(norm.eps));
  const char* witness = architecture.norm_place == NormPlace::after ? "token_embd_norm.bias" : "output_norm.bias";
  norm.bias = norm.kind == nn::NormKind::layer && keys.file().find(witness) != nullptr;
  return norm;
}

std::optional<HeadSpec> read_head(const GgufFile& file, const GgufArchitecture& architecture) {
  if (!architecture.has_head) return std::nullopt;
  HeadSpec head;
  head.tied = file.find("output.weight") == nullptr;
  if (!head.tied) head.output = "output";
  if (file.find("output.bias") != nullptr) head.bias = "output.bias";
  return head;
}

/// What the tensors of the first layer show.
GgufForms read_forms(const GgufFile& file, const GgufArchitecture& architecture) {
  const std::string block = std::string(architecture.prefix) + "blk.0.";
  const auto there = [&](const char* name) { return file.find(block + name) != nullptr; };
  return {.fused_qkv = there("attn_qkv.weight"),
          .fused_up_gate = architecture.fused_up_gate && !there("ffn_gate.weight"),
          .two_parallel_norms = there("attn_norm_2.weight")};
}

}  // namespace

ModelDescription describe_gguf(const GgufFile& file) {
  const GgufMetadata keys(file);
  const GgufArchitecture& architecture = architecture_of(keys);
  refuse_what_is_not_run(keys);
  ModelDescription model;
  model.family = file.string(gguf::kFamily, architecture.family);
  TransformerSpec& spec = model.spec;
  spec.n_layers = read_layers(keys);
  spec.dim = read_dim(keys);
  spec.vocabulary_size = rows_of(file, "token_embd.weight");
  spec.n_token_types = rows_of(file, "token_types.weight");
  spec.norm = read_norm(keys, architecture);
  spec.norm_place = architecture.norm_place;
  spec.first_layer_has_attention_norm = architecture.first_layer_has_attention_norm;
  spec.parallel = keys.flag("use_parallel_residual", file.boolean(gguf::kParallel, architecture.parallel));
  if (architecture.scaled_embedding) spec.embedding_scale = std::sqrt(static_cast<float>(spec.dim));
  spec.attention = read_attention(keys, architecture, spec.dim);
  if (architecture.head_norm) spec.attention.head_norm = spec.norm;
  spec.context_length = keys.size("context_length", kNoPositionLimit);
  if (architecture.positions == GgufPositions::learned) {
    spec.learned_positions = LearnedPositions{.n_rows = keys.size("context_length")};
    spec.context_length = kNoPositionLimit;
  }
  read_ropes(keys, architecture, spec);
  read_patterns(keys, architecture, spec);
  const GgufForms forms = read_forms(file, architecture);
  const std::string gate = std::string(architecture.prefix) + "blk.0.ffn_gate.weight";
  spec.mlp.dim = keys.size("feed_forward_length");
  spec.mlp.gated = architecture.gated || file.find(gate) != nullptr;
  spec.mlp.activation = read_activation(keys, architecture, spec.mlp.gated);
  model.names = gguf_names(architecture, spec, forms);
  model.head = read_head(file, architecture);
  check_spec(spec, file.path().string());
  return model;
}

}  // namespace akin
