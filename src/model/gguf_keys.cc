// The keys of a layout: llama.cpp's, and ours beside them for what those have no word for. Tested by gguf_layout_test.cc.
#include <algorithm>
#include <cmath>

#include "akin/base/error.h"
#include "akin/model/gguf_layout.h"
#include "akin/nn/alibi.h"
#include "config.h"
#include "gguf_architectures.h"

namespace akin {
namespace {

using nn::RopeScalingKind;

/// Writes the keys of one model.
class KeyWriter {
 public:
  KeyWriter(GgufWriter& writer, const GgufArchitecture& architecture, const ModelDescription& model)
      : writer_(writer), architecture_(architecture), model_(model), spec_(model.spec) {}

  void write() {
    writer_.add("general.architecture", std::string(architecture_.name));
    whole("block_count", spec_.n_layers);
    whole("context_length", spec_.max_positions());
    whole("embedding_length", spec_.dim);
    whole("feed_forward_length", spec_.mlp.dim);
    whole("vocab_size", spec_.vocabulary_size);
    number(spec_.norm.kind == nn::NormKind::rms ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon", spec_.norm.eps);
    attention();
    positions();
    patterns();
    if (architecture_.says_parallel) {
      writer_.add(full("use_parallel_residual"), spec_.parallel);
    } else if (spec_.parallel != architecture_.parallel) {
      writer_.add(gguf::kParallel, spec_.parallel);
    }
    writer_.add(gguf::kFamily, model_.family);
    writer_.add(gguf::kActivation, std::string(activation_text(spec_.mlp.activation)));
  }

 private:
  [[nodiscard]] std::string full(const std::string& key) const { return std::string(architecture_.name) + "." + key; }
  void whole(const std::string& key, std::size_t n) { writer_.add(full(key), static_cast<std::uint32_t>(n)); }
  /// llama.cpp reads floats; what a float cannot hold stands beside it.
  void number(const std::string& key, double x) {
    const auto rounded = static_cast<float>(x);
    writer_.add(full(key), rounded);
    if (static_cast<double>(rounded) != x) writer_.add("akin." + key, x);
  }
  void number(const std::string& key, float x) { writer_.add(full(key), x); }

  void attention() {
    const nn::AttentionSpec& a = spec_.attention;
    whole("attention.head_count", a.n_heads);
    if (a.n_kv_heads != a.n_heads) whole("attention.head_count_kv", a.n_kv_heads);
    const bool buckets = architecture_.positions == GgufPositions::buckets;
    if (buckets || spec_.dim % a.n_heads != 0 || a.head_dim != spec_.dim / a.n_heads) {
      whole("attention.key_length", a.head_dim);
      whole("attention.value_length", a.head_dim);
    }
    const float usual = buckets ? 1.0F : 1 / std::sqrt(static_cast<float>(a.head_dim));
    if (a.scale != usual) number("attention.scale", a.scale);
    writer_.add(full("attention.causal"), a.causal);
    if (a.relative_bias) {
      whole("attention.relative_buckets_count", a.relative_bias->n_buckets);
      writer_.add(gguf::kMaxDistance, static_cast<std::uint32_t>(a.relative_bias->max_distance));
    }
    const bool mpt = architecture_.positions == GgufPositions::alibi_mpt;
    if (mpt) number("attention.max_alibi_bias", 8.0F);
    std::vector<float> expected;
    if (mpt) expected = nn::alibi_slopes_mpt(a.n_heads);
    if (architecture_.positions == GgufPositions::alibi) expected = nn::alibi_slopes(a.n_heads);
    if (a.alibi_slopes != expected) writer_.add(gguf::kAlibiSlopes, a.alibi_slopes);
  }

  void positions() {
    if (spec_.ropes.empty()) return;
    const nn::RopeSpec& rope = spec_.ropes[0];
    whole("rope.dimension_count", rope.dim);
    number("rope.freq_base", rope.theta);
    if (architecture_.sliding.own_rope && spec_.ropes.size() > 1) number("rope.freq_base_swa", spec_.ropes[1].theta);
    scaling(rope.scaling);
  }

  void scaling(const nn::RopeScaling& s) {
    if (s.kind == RopeScalingKind::none) return;
    number("rope.scaling.factor", s.factor);
    whole("rope.scaling.original_context_length", s.original_positions);
    if (s.kind == RopeScalingKind::linear) writer_.add(full("rope.scaling.type"), std::string("linear"));
    if (s.kind == RopeScalingKind::ntk) writer_.add(gguf::kRopeScaling, std::string("ntk"));
    if (s.kind == RopeScalingKind::dynamic_ntk) writer_.add(gguf::kRopeScaling, std::string("dynamic"));
    if (s.kind == RopeScalingKind::llama3) {
      writer_.add(gguf::kRopeScaling, std::string("llama3"));
      writer_.add(gguf::kRopeLowFrequency, s.low_freq_factor);
      writer_.add(gguf::kRopeHighFrequency, s.high_freq_factor);
    }
    if (s.kind != RopeScalingKind::yarn) return;
    writer_.add(full("rope.scaling.type"), std::string("yarn"));
    number("rope.scaling.yarn_beta_fast", s.beta_fast);
    number("rope.scaling.yarn_beta_slow", s.beta_slow);
    number("rope.scaling.yarn_attn_factor", s.attention_factor);
    if (!s.truncate) writer_.add(gguf::kRopeTruncate, false);
  }

  void patterns() {
    std::vector<std::uint32_t> slides;
    std::size_t window = kernels::kNoWindow;
    for (const nn::AttentionPattern& pattern : spec_.patterns) {
      slides.push_back(pattern.window == kernels::kNoWindow ? 0 : 1);
      if (slides.back() == 0) continue;
      if (window != kernels::kNoWindow && window != pattern.window) {
        throw Error(ErrorCode::unsupported, "GGUF has no word for layers with windows of different lengths");
      }
      window = pattern.window;
    }
    if (window == kernels::kNoWindow) return;
    whole("attention.sliding_window", spec_.attention.causal ? window + 1 : 2 * window);
    writer_.add(full("attention.sliding_window_pattern"), std::move(slides));
  }

  GgufWriter& writer_;
  const GgufArchitecture& architecture_;
  const ModelDescription& model_;
  const TransformerSpec& spec_;
};

}  // namespace

void add_gguf_keys(GgufWriter& writer, const GgufLayout& layout) {
  const GgufArchitecture* architecture = gguf_architecture(layout.architecture);
  if (architecture == nullptr) {
    throw Error(ErrorCode::unsupported,
                "GGUF has no architecture for " + layout.model.family + " models that llama.cpp knows; use the model's folder as it is");
  }
  KeyWriter(writer, *architecture, layout.model).write();
}

}  // namespace akin
