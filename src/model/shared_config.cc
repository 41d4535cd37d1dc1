// What the configurations of several families have in common: heads, rotations, heads of language models. Tested by families_test.cc.
#include <cmath>

#include "akin/base/error.h"
#include "family.h"

namespace akin {
namespace {

using nn::RopeScalingKind;

struct ScalingName {
  std::string_view name;
  RopeScalingKind kind;
};
constexpr ScalingName kScalings[] = {{"default", RopeScalingKind::none}, {"linear", RopeScalingKind::linear},
                                     {"ntk", RopeScalingKind::ntk},      {"dynamic", RopeScalingKind::dynamic_ntk},
                                     {"yarn", RopeScalingKind::yarn},    {"llama3", RopeScalingKind::llama3}};

RopeScalingKind scaling_kind(const Config& config) {
  const std::string name = config.text("rope_type", config.text("type", "default"));
  for (const ScalingName& known : kScalings) {
    if (known.name == name) return known.kind;
  }
  config.unsupported("rotary scaling '" + name + "' is not known; known are default, linear, ntk, dynamic, yarn, llama3");
}

double positive(const Config& config, const char* key, double missing) {
  const double value = config.real(key, missing);
  if (!(value > 0)) config.fail(key, "above 0");
  return value;
}

nn::RopeScaling read_scaling(const Config& config, std::size_t max_positions) {
  nn::RopeScaling scaling;
  scaling.kind = scaling_kind(config);
  if (scaling.kind == RopeScalingKind::none) return scaling;
  scaling.original_positions = config.size("original_max_position_embeddings", max_positions);
  scaling.factor = positive(config, "factor", static_cast<double>(max_positions) / static_cast<double>(scaling.original_positions));
  scaling.beta_fast = positive(config, "beta_fast", 32);
  scaling.beta_slow = positive(config, "beta_slow", 1);
  scaling.truncate = config.flag("truncate", true);
  scaling.low_freq_factor = positive(config, "low_freq_factor", 1);
  scaling.high_freq_factor = positive(config, "high_freq_factor", 4);
  if (scaling.kind == RopeScalingKind::llama3 && scaling.high_freq_factor <= scaling.low_freq_factor) {
    config.fail("high_freq_factor", "above low_freq_factor");
  }
  if (scaling.kind != RopeScalingKind::yarn) return scaling;
  const double mscale = config.real("mscale", 0), mscale_all = config.real("mscale_all_dim", 0);
  const double own = mscale != 0 && mscale_all != 0
                         ? nn::yarn_attention_factor(scaling.factor, mscale) / nn::yarn_attention_factor(scaling.factor, mscale_all)
                         : nn::yarn_attention_factor(scaling.factor);
  scaling.attention_factor = config.real("attention_factor", own);
  return scaling;
}

std::optional<HeadSpec> language_head(const Config& config, const TensorFile& weights, bool tied_by_default) {
  const bool tied = config.flag("tie_word_embeddings", tied_by_default);
  const bool there = weights.find("lm_head.weight") != nullptr;
  if (!tied && !there) return std::nullopt;
  HeadSpec head;
  head.tied = tied;
  if (!tied) head.output = "lm_head";
  return head;
}

}  // namespace

std::optional<HeadSpec> tied_by_default(const Config& config, const TensorFile& weights) { return language_head(config, weights, true); }
std::optional<HeadSpec> untied_by_default(const Config& config, const TensorFile& weights) { return language_head(config, weights, false); }

nn::AttentionSpec even_heads(const Config& config, std::size_t dim, std::size_t n_heads) {
  if (dim % n_heads != 0) {
    throw Error(ErrorCode::corrupt, config.where() + ": the hidden states' size " + std::to_string(dim) +
                                        " is not a multiple of the number of attention heads " + std::to_string(n_heads));
  }
  nn::AttentionSpec spec;
  spec.n_heads = spec.n_kv_heads = n_heads;
  spec.head_dim = dim / n_heads;
  spec.scale = 1 / std::sqrt(static_cast<float>(spec.head_dim));
  return spec;
}

nn::AttentionSpec grouped_heads(const Config& config, std::size_t dim) {
  nn::AttentionSpec spec;
  spec.n_heads = config.size("num_attention_heads");
  spec.n_kv_heads = config.size("num_key_value_heads", spec.n_heads);
  if (!config.has("head_dim")) spec.head_dim = even_heads(config, dim, spec.n_heads).head_dim;
  spec.head_dim = config.size("head_dim", spec.head_dim);
  if (spec.n_heads % spec.n_kv_heads != 0) {
    config.fail("num_key_value_heads", "a divisor of num_attention_heads " + std::to_string(spec.n_heads));
  }
  // No tensor is as wide as this: a product of lying sizes is refused before it is computed with.
  if (spec.n_heads > (std::size_t{1} << 24) / spec.head_dim) config.fail("num_attention_heads", "fewer heads, or narrower ones");
  spec.scale = 1 / std::sqrt(static_cast<float>(spec.head_dim));
  spec.causal = config.flag("is_causal", true) && !config.flag("use_bidirectional_attention", false);
  return spec;
}

double layer_rope_theta(const Config& config, const char* layer_type, double missing) {
  if (!config.is_object("rope_parameters")) return missing;
  const Config all = config.child("rope_parameters");
  return all.is_object(layer_type) ? positive(all.child(layer_type), "rope_theta", missing) : missing;
}

nn::RopeSpec read_rope(const Config& config, std::size_t head_dim, double theta, double partial) {
  const char* key = config.is_object("rope_scaling") ? "rope_scaling" : config.is_object("rope_parameters") ? "rope_parameters" : nullptr;
  nn::RopeSpec rope;
  rope.theta = positive(config, "rope_theta", theta);
  if (key != nullptr) {
    Config child = config.child(key);
    if (child.is_object("full_attention")) child = child.child("full_attention");
    rope.theta = positive(child, "rope_theta", rope.theta);
    partial = child.real("partial_rotary_factor", partial);
    rope.scaling = read_scaling(child, config.size("max_position_embeddings", 2048));
  }
  if (!(partial > 0 && partial <= 1)) config.fail("partial_rotary_factor", "above 0 and at most 1");
  rope.dim = static_cast<std::size_t>(static_cast<double>(head_dim) * partial);
  if (rope.dim == 0 || rope.dim % 2 != 0) {
    config.unsupported("rotary positions over " + std::to_string(rope.dim) + " of " + std::to_string(head_dim) +
                       " numbers a head: an even number above 0 is wanted");
  }
  return rope;
}

void refuse(const Config& config, const char* key) {
  if (config.has(key) && config.flag(key, false)) config.unsupported(std::string("'") + key + "': true is not known to akin");
}

}  // namespace akin
