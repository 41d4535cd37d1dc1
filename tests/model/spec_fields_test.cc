#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "akin/model/spec.h"

namespace akin {
namespace {

std::string text_of(const TransformerSpec& spec) {
  std::string text;
  for (const SpecField& field : spec_fields(spec)) text += field.name + "=" + field.value + "\n";
  return text;
}

TransformerSpec full_spec() {
  TransformerSpec spec;
  spec.learned_positions = LearnedPositions{.n_rows = 16};
  spec.ropes = {nn::RopeSpec{.dim = 8}, nn::RopeSpec{.dim = 8}};
  spec.ropes[0].scaling.divisors = {1, 2, 3, 4};
  spec.attention.head_norm = nn::NormSpec{};
  spec.attention.alibi_slopes = {0.5F, 0.25F};
  spec.attention.relative_bias = nn::RelativeBuckets{};
  spec.patterns.resize(2);
  return spec;
}

TEST(SpecFields, DifferWithEveryFieldThatDecidesAHiddenState) {
  const std::vector<std::function<void(TransformerSpec&)>> changes = {
      [](auto& s) { s.n_layers = 3; },
      [](auto& s) { s.dim = 3; },
      [](auto& s) { s.vocabulary_size = 3; },
      [](auto& s) { s.n_token_types = 3; },
      [](auto& s) { s.norm.kind = nn::NormKind::rms; },
      [](auto& s) { s.norm.eps = 1; },
      [](auto& s) { s.norm.bias = false; },
      [](auto& s) { s.norm.add_one = true; },
      [](auto& s) { s.norm_place = NormPlace::before; },
      [](auto& s) { s.parallel = true; },
      [](auto& s) { s.first_layer_has_attention_norm = false; },
      [](auto& s) { s.embedding_scale = 2; },
      [](auto& s) { s.learned_positions.reset(); },
      [](auto& s) { s.learned_positions->n_rows = 3; },
      [](auto& s) { s.learned_positions->first = 3; },
      [](auto& s) { s.ropes.pop_back(); },
      [](auto& s) { s.ropes[1].dim = 4; },
      [](auto& s) { s.ropes[1].theta = 4; },
      [](auto& s) { s.ropes[1].layout = nn::RopeLayout::interleaved; },
      [](auto& s) { s.ropes[1].scaling.kind = nn::RopeScalingKind::linear; },
      [](auto& s) { s.ropes[1].scaling.factor = 2; },
      [](auto& s) { s.ropes[1].scaling.original_positions = 2; },
      [](auto& s) { s.ropes[1].scaling.beta_fast = 2; },
      [](auto& s) { s.ropes[1].scaling.beta_slow = 2; },
      [](auto& s) { s.ropes[1].scaling.truncate = false; },
      [](auto& s) { s.ropes[1].scaling.attention_factor = 2; },
      [](auto& s) { s.ropes[1].scaling.low_freq_factor = 2; },
      [](auto& s) { s.ropes[1].scaling.high_freq_factor = 2; },
      [](auto& s) { s.ropes[0].scaling.divisors[3] = 5; },
      [](auto& s) { s.attention.n_heads = 2; },
      [](auto& s) { s.attention.n_kv_heads = 2; },
      [](auto& s) { s.attention.head_dim = 2; },
      [](auto& s) { s.attention.scale = 2; },
      [](auto& s) { s.attention.causal = true; },
      [](auto& s) { s.attention.fused_order = nn::FusedOrder::by_group; },
      [](auto& s) { s.attention.n_paired = 2; },
      [](auto& s) { s.attention.head_norm.reset(); },
      [](auto& s) { s.attention.head_norm->add_one = true; },
      [](auto& s) { s.attention.alibi_slopes[1] = 1; },
      [](auto& s) { s.attention.alibi_slopes.clear(); },
      [](auto& s) { s.attention.relative_bias.reset(); },
      [](auto& s) { s.attention.relative_bias->n_buckets = 8; },
      [](auto& s) { s.attention.relative_bias->max_distance = 8; },
      [](auto& s) { s.attention.relative_bias->bidirectional = false; },
      [](auto& s) { s.patterns.clear(); },
      [](auto& s) { s.patterns[1].window = 4; },
      [](auto& s) { s.patterns[1].rope = 1; },
      [](auto& s) { s.mlp.dim = 2; },
      [](auto& s) { s.mlp.activation = kernels::Activation::relu; },
      [](auto& s) { s.mlp.gated = true; },
      [](auto& s) { s.mlp.up_first = true; },
      [](auto& s) { s.weight_order = nn::WeightOrder::rows_are_inputs; },
  };
  std::set<std::string> seen = {text_of(full_spec())};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    TransformerSpec spec = full_spec();
    changes[i](spec);
    EXPECT_TRUE(seen.insert(text_of(spec)).second) << "change " << i;
  }
}

TEST(SpecFields, HoldNothingThatNoHiddenStateDependsOn) {
  TransformerSpec spec = full_spec();
  spec.context_length = 12;
  EXPECT_EQ(text_of(spec), text_of(full_spec()));
}

}  // namespace
}  // namespace akin
