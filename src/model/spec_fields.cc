// Every field of a spec as text. A field that is added to a spec and decides a hidden state belongs here: fingerprints go by it. Tested by
// spec_fields_test.cc and, on models, fingerprint_test.cc.
#include <bit>
#include <cstdint>

#include "akin/model/spec.h"

namespace akin {
namespace {

class Fields {
 public:
  void whole(const std::string& name, std::size_t value) { list_.push_back({name, std::to_string(value)}); }
  void real(const std::string& name, float value) { whole(name, std::bit_cast<std::uint32_t>(value)); }
  void real(const std::string& name, double value) { whole(name, std::bit_cast<std::uint64_t>(value)); }
  void flag(const std::string& name, bool value) { whole(name, value ? 1 : 0); }
  template <class Kind>
  void kind(const std::string& name, Kind value) {
    whole(name, static_cast<std::size_t>(value));
  }
  void reals(const std::string& name, const std::vector<float>& values) {
    std::string text;
    for (const float value : values) text += std::to_string(std::bit_cast<std::uint32_t>(value)) + " ";
    list_.push_back({name, text});
  }

  void norm(const std::string& name, const nn::NormSpec& spec) {
    kind(name + ".kind", spec.kind);
    real(name + ".eps", spec.eps);
    flag(name + ".bias", spec.kind == nn::NormKind::layer && spec.bias);  // RMSNorm has none
    flag(name + ".add_one", spec.add_one);
  }

  void attention(const nn::AttentionSpec& spec) {
    whole("attention.n_heads", spec.n_heads);
    whole("attention.n_kv_heads", spec.n_kv_heads);
    whole("attention.head_dim", spec.head_dim);
    real("attention.scale", spec.scale);
    flag("attention.causal", spec.causal);
    kind("attention.fused_order", spec.fused_order);
    whole("attention.n_paired", spec.n_paired);
    flag("attention.has_head_norm", spec.head_norm.has_value());
    if (spec.head_norm) norm("attention.head_norm", *spec.head_norm);
    reals("attention.alibi_slopes", spec.alibi_slopes);
    flag("attention.has_relative_bias", spec.relative_bias.has_value());
    if (!spec.relative_bias) return;
    whole("attention.relative_bias.n_buckets", spec.relative_bias->n_buckets);
    whole("attention.relative_bias.max_distance", spec.relative_bias->max_distance);
    flag("attention.relative_bias.bidirectional", spec.relative_bias->bidirectional);
  }

  void rope(const std::string& name, const nn::RopeSpec& spec) {
    whole(name + ".dim", spec.dim);
    real(name + ".theta", spec.theta);
    kind(name + ".layout", spec.layout);
    const nn::RopeScaling& scaling = spec.scaling;
    kind(name + ".scaling.kind", scaling.kind);
    real(name + ".scaling.factor", scaling.factor);
    whole(name + ".scaling.original_positions", scaling.original_positions);
    real(name + ".scaling.beta_fast", scaling.beta_fast);
    real(name + ".scaling.beta_slow", scaling.beta_slow);
    flag(name + ".scaling.truncate", scaling.truncate);
    real(name + ".scaling.attention_factor", scaling.attention_factor);
    real(name + ".scaling.low_freq_factor", scaling.low_freq_factor);
    real(name + ".scaling.high_freq_factor", scaling.high_freq_factor);
    reals(name + ".scaling.divisors", scaling.divisors);
  }

  [[nodiscard]] std::vector<SpecField> take() { return std::move(list_); }

 private:
  std::vector<SpecField> list_;
};

}  // namespace

std::vector<SpecField> spec_fields(const TransformerSpec& spec) {
  Fields fields;
  fields.whole("n_layers", spec.n_layers);
  fields.whole("dim", spec.dim);
  fields.whole("vocabulary_size", spec.vocabulary_size);
  fields.whole("n_token_types", spec.n_token_types);
  fields.norm("norm", spec.norm);
  fields.kind("norm_place", spec.norm_place);
  fields.flag("parallel", spec.parallel);
  fields.flag("first_layer_has_attention_norm", spec.first_layer_has_attention_norm);
  fields.real("embedding_scale", spec.embedding_scale);
  fields.flag("has_learned_positions", spec.learned_positions.has_value());
  if (spec.learned_positions) {
    fields.whole("learned_positions.n_rows", spec.learned_positions->n_rows);
    fields.whole("learned_positions.first", spec.learned_positions->first);
  }
  fields.whole("n_ropes", spec.ropes.size());
  for (std::size_t i = 0; i < spec.ropes.size(); ++i) fields.rope("rope." + std::to_string(i), spec.ropes[i]);
  fields.attention(spec.attention);
  fields.whole("n_patterns", spec.patterns.size());
  for (std::size_t i = 0; i < spec.patterns.size(); ++i) {
    fields.whole("pattern." + std::to_string(i) + ".window", spec.patterns[i].window);
    fields.whole("pattern." + std::to_string(i) + ".rope", spec.patterns[i].rope);
  }
  fields.whole("mlp.dim", spec.mlp.dim);
  fields.kind("mlp.activation", spec.mlp.activation);
  fields.flag("mlp.gated", spec.mlp.gated);
  fields.flag("mlp.up_first", spec.mlp.up_first);
  fields.kind("weight_order", spec.weight_order);
  return fields.take();
}

}  // namespace akin
