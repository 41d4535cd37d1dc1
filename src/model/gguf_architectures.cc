#include "gguf_architectures.h"

#include <algorithm>
#include <array>

namespace akin {
namespace {

using kernels::Activation;
using nn::NormKind;

constexpr GgufArchitecture kBertKind = {
    .name = "bert", .family = "bert", .causal = false, .norm_place = NormPlace::after, .embedding_norm = true, .has_head = false};

constexpr GgufArchitecture like_bert(std::string_view name, std::string_view family, GgufPositions positions, Activation activation,
                                     bool fused_qkv, bool fused_up_gate) {
  GgufArchitecture row = kBertKind;
  row.name = name;
  row.family = family;
  row.positions = positions;
  row.activation = activation;
  row.gated = true;
  row.fused_qkv = fused_qkv;
  row.fused_up_gate = fused_up_gate;
  return row;
}

constexpr GgufArchitecture like_llama(std::string_view name, std::string_view family, GgufPositions positions) {
  return {.name = name, .family = family, .norm = NormKind::rms, .positions = positions, .activation = Activation::silu, .gated = true};
}

constexpr GgufArchitecture like_gemma(std::string_view name, std::string_view family, bool causal, bool third) {
  GgufArchitecture row = like_llama(name, family, GgufPositions::rope_halves);
  row.causal = causal;
  row.activation = Activation::gelu_tanh;
  row.scaled_embedding = true;
  row.head_norm = row.post_norms = third;
  if (third) row.sliding = {.period = 6, .own_rope = true};
  return row;
}

constexpr GgufArchitecture with_head_norm(GgufArchitecture row) {
  row.head_norm = true;
  return row;
}

constexpr std::array kArchitectures = {
    kBertKind,
    like_bert("nomic-bert", "nomic-bert", GgufPositions::rope_halves, Activation::silu, true, false),
    like_bert("jina-bert-v2", "jina-bert", GgufPositions::alibi, Activation::gelu, false, true),
    GgufArchitecture{.name = "modern-bert",
                     .family = "modernbert",
                     .causal = false,
                     .positions = GgufPositions::rope_halves,
                     .gated = true,
                     .fused_up_gate = true,
                     .fused_qkv = true,
                     .embedding_norm = true,
                     .has_head = false,
                     .first_layer_has_attention_norm = false,
                     .sliding = {.period = 3, .global_first = true, .own_rope = true}},
    GgufArchitecture{.name = "t5encoder",
                     .family = "t5",
                     .causal = false,
                     .norm = NormKind::rms,
                     .positions = GgufPositions::buckets,
                     .activation = Activation::relu,
                     .has_head = false,
                     .prefix = "enc."},
    GgufArchitecture{.name = "gpt2", .family = "gpt2", .activation = Activation::gelu_tanh, .fused_qkv = true},
    GgufArchitecture{.name = "gptneox",
                     .family = "gpt-neox",
                     .positions = GgufPositions::rope_halves,
                     .fused_qkv = true,
                     .parallel = true,
                     .says_parallel = true},
    GgufArchitecture{.name = "bloom",
                     .family = "bloom",
                     .positions = GgufPositions::alibi,
                     .activation = Activation::gelu_tanh,
                     .fused_qkv = true,
                     .embedding_norm = true},
    GgufArchitecture{.name = "mpt", .family = "mpt", .positions = GgufPositions::alibi_mpt, .fused_qkv = true},
    GgufArchitecture{.name = "falcon",
                     .family = "falcon",
                     .positions = GgufPositions::rope_halves,
                     .fused_qkv = true,
                     .parallel = true,
                     .one_norm_in_parallel = true},
    like_llama("llama", "llama", GgufPositions::rope_pairs),
    like_llama("qwen2", "qwen2", GgufPositions::rope_halves),
    with_head_norm(like_llama("qwen3", "qwen3", GgufPositions::rope_halves)),
    like_gemma("gemma", "gemma", true, false),
    like_gemma("gemma3", "gemma3", true, true),
    like_gemma("gemma-embedding", "gemma3", false, true),
};

/// Families of ours that are written as another one's architecture.
struct Alias {
  std::string_view family, architecture;
};
constexpr std::array kAliases = {Alias{"roberta", "bert"},    Alias{"camembert", "bert"}, Alias{"xlm-roberta", "bert"},
                                 Alias{"distilbert", "bert"}, Alias{"mistral", "llama"},  Alias{"mt5", "t5encoder"}};

void name_attention(const GgufArchitecture& architecture, const GgufForms& forms, const std::string& block, TensorNames& names) {
  if (forms.fused_qkv) {
    names.fused_query_key_value = block + "attn_qkv";
  } else {
    names.query = block + "attn_q";
    names.key = block + "attn_k";
    names.value = block + "attn_v";
  }
  names.attention_output = block + (architecture.positions == GgufPositions::buckets ? "attn_o" : "attn_output");
  if (architecture.head_norm) {
    names.query_norm = block + "attn_q_norm";
    names.key_norm = block + "attn_k_norm";
  }
}

void name_norms(const GgufArchitecture& architecture, const TransformerSpec& spec, const GgufForms& forms, const std::string& block,
                TensorNames& names) {
  if (architecture.norm_place == NormPlace::after) {
    names.attention_norm = block + "attn_output_norm";
    names.mlp_norm = block + "layer_output_norm";
    return;
  }
  names.final_norm = std::string(architecture.prefix) + "output_norm";
  names.attention_norm = block + "attn_norm";
  names.mlp_norm = block + "ffn_norm";
  if (architecture.one_norm_in_parallel && spec.parallel) {
    names.attention_norm = block + (forms.two_parallel_norms ? "attn_norm_2" : "attn_norm");
    names.mlp_norm = forms.two_parallel_norms ? block + "attn_norm" : "";
  }
  if (architecture.post_norms) {
    names.attention_post_norm = block + "post_attention_norm";
    names.mlp_post_norm = block + "post_ffw_norm";
  }
}

}  // namespace

std::span<const GgufArchitecture> gguf_architectures() noexcept { return kArchitectures; }

const GgufArchitecture* gguf_architecture(std::string_view name) noexcept {
  const auto row = std::ranges::find(kArchitectures, name, &GgufArchitecture::name);
  return row == kArchitectures.end() ? nullptr : &*row;
}

const GgufArchitecture* gguf_architecture_of(const ModelDescription& model) noexcept {
  const auto alias = std::ranges::find(kAliases, model.family, &Alias::family);
  if (alias != kAliases.end()) return gguf_architecture(alias->architecture);
  for (const GgufArchitecture& row : kArchitectures) {
    if (row.family != model.family) continue;
    // Gemma 3 has a row for each direction.
    const bool alone = std::ranges::count(kArchitectures, row.family, &GgufArchitecture::family) == 1;
    if (alone || row.causal == model.spec.attention.causal) return &row;
  }
  return nullptr;
}

TensorNames gguf_names(const GgufArchitecture& architecture, const TransformerSpec& spec, const GgufForms& forms) {
  TensorNames names;
  const std::string block = std::string(architecture.prefix) + "blk.{}.";
  names.token_embedding = "token_embd";
  if (spec.learned_positions) names.position_embedding = "position_embd";
  if (spec.n_token_types > 0) names.token_type_embedding = "token_types";
  if (architecture.embedding_norm) names.embedding_norm = "token_embd_norm";
  name_attention(architecture, forms, block, names);
  name_norms(architecture, spec, forms, block, names);
  if (forms.fused_up_gate) {
    names.fused_up_gate = block + "ffn_up";
  } else {
    names.up = block + "ffn_up";
    if (spec.mlp.gated) names.gate = block + "ffn_gate";
  }
  names.down = block + "ffn_down";
  if (spec.attention.relative_bias) names.relative_bias = std::string(architecture.prefix) + "blk.0.attn_rel_b";
  return names;
}

}  // namespace akin
