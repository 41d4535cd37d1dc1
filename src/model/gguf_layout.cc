// The tensors of a layout; its keys are written in gguf_keys.cc. Tested by gguf_layout_test.cc.
#include "akin/model/gguf_layout.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "akin/base/error.h"
#include "akin/nn/weights.h"
#include "gguf_architectures.h"

namespace akin {
namespace {

using Part = std::string TensorNames::*;

/// Names for models that llama.cpp does not know: of parts, whatever a file calls them.
struct CommonName {
  Part part;
  const char* name;
};
constexpr std::array kCommonNames = {
    CommonName{&TensorNames::token_embedding, "token_embd"},
    CommonName{&TensorNames::position_embedding, "position_embd"},
    CommonName{&TensorNames::token_type_embedding, "token_types"},
    CommonName{&TensorNames::embedding_norm, "token_embd_norm"},
    CommonName{&TensorNames::query, "blk.{}.attn_q"},
    CommonName{&TensorNames::key, "blk.{}.attn_k"},
    CommonName{&TensorNames::value, "blk.{}.attn_v"},
    CommonName{&TensorNames::fused_query_key_value, "blk.{}.attn_qkv"},
    CommonName{&TensorNames::attention_output, "blk.{}.attn_output"},
    CommonName{&TensorNames::query_norm, "blk.{}.attn_q_norm"},
    CommonName{&TensorNames::key_norm, "blk.{}.attn_k_norm"},
    CommonName{&TensorNames::attention_norm, "blk.{}.attn_norm"},
    CommonName{&TensorNames::attention_post_norm, "blk.{}.post_attention_norm"},
    CommonName{&TensorNames::attention_scale, "blk.{}.attn_scale"},
    CommonName{&TensorNames::up, "blk.{}.ffn_up"},
    CommonName{&TensorNames::gate, "blk.{}.ffn_gate"},
    CommonName{&TensorNames::fused_up_gate, "blk.{}.ffn_up_gate"},
    CommonName{&TensorNames::down, "blk.{}.ffn_down"},
    CommonName{&TensorNames::mlp_norm, "blk.{}.ffn_norm"},
    CommonName{&TensorNames::mlp_post_norm, "blk.{}.post_ffw_norm"},
    CommonName{&TensorNames::mlp_scale, "blk.{}.ffn_scale"},
    CommonName{&TensorNames::relative_bias, "rel_b"},
    CommonName{&TensorNames::final_norm, "output_norm"},
};

TensorNames common_names(const TensorNames& there) {
  TensorNames names;
  for (const auto& [part, name] : kCommonNames) {
    if (!(there.*part).empty()) names.*part = name;
  }
  return names;
}

bool have_the_same_parts(const TensorNames& a, const TensorNames& b) {
  return std::ranges::all_of(kCommonNames, [&](const CommonName& row) { return (a.*row.part).empty() == (b.*row.part).empty(); });
}

constexpr std::array kLinearParts = {&TensorNames::query,
                                     &TensorNames::key,
                                     &TensorNames::value,
                                     &TensorNames::fused_query_key_value,
                                     &TensorNames::attention_output,
                                     &TensorNames::up,
                                     &TensorNames::gate,
                                     &TensorNames::fused_up_gate,
                                     &TensorNames::down};
constexpr std::array kNormParts = {&TensorNames::embedding_norm, &TensorNames::attention_norm, &TensorNames::attention_post_norm,
                                   &TensorNames::mlp_norm,       &TensorNames::mlp_post_norm,  &TensorNames::query_norm,
                                   &TensorNames::key_norm,       &TensorNames::final_norm};

template <std::size_t n>
bool is_one_of(Part part, const std::array<Part, n>& list) {
  return std::ranges::find(list, part) != list.end();
}

/// How a tensor differs from the one in the file.
struct Recipe {
  std::vector<std::size_t> order;  ///< rows of a matrix or numbers of a vector, in their new order; empty: as they lie
  bool transposed = false;
  bool add_one = false;
};

/// Halves that turn together as neighbours, head by head: what llama.cpp's converter does to LLaMA's queries and keys.
std::vector<std::size_t> paired_order(const nn::AttentionSpec& spec, std::size_t n_heads, std::size_t n_paired) {
  std::vector<std::size_t> order;
  for (std::size_t head = 0; head < n_heads; ++head) {
    const std::size_t first = head * spec.head_dim;
    for (std::size_t i = 0; i < n_paired; ++i) order.push_back(first + i / 2 + i % 2 * (n_paired / 2));
    for (std::size_t i = n_paired; i < spec.head_dim; ++i) order.push_back(first + i);
  }
  return order;
}

/// Heads of a weight fused by group as blocks of queries, keys and values.
std::vector<std::size_t> block_order(const nn::AttentionSpec& spec) {
  const std::size_t group = spec.n_heads / spec.n_kv_heads;
  std::vector<std::size_t> order;
  const auto add = [&](std::size_t head) {
    for (std::size_t i = 0; i < spec.head_dim; ++i) order.push_back(head * spec.head_dim + i);
  };
  for (std::size_t head = 0; head < spec.n_heads; ++head) add(head / group * (group + 2) + head % group);
  for (std::size_t part = 0; part < 2; ++part) {
    for (std::size_t head = 0; head < spec.n_kv_heads; ++head) add(head * (group + 2) + group + part);
  }
  return order;
}

std::vector<std::size_t> range(std::size_t first, std::size_t last) {
  std::vector<std::size_t> order;
  for (std::size_t i = first; i < last; ++i) order.push_back(i);
  return order;
}

Recipe recipe_of(const TensorPart& part, const TransformerSpec& from, const TransformerSpec& to) {
  Recipe recipe;
  const nn::AttentionSpec& attention = from.attention;
  const bool weight = part.suffix == ".weight";
  recipe.transposed = weight && from.weight_order != to.weight_order && is_one_of(part.part, kLinearParts);
  recipe.add_one = weight && from.norm.add_one && is_one_of(part.part, kNormParts);
  const std::size_t n_paired = attention.n_paired == 0 ? to.attention.n_paired : 0;
  if (part.part == &TensorNames::query && n_paired > 0) recipe.order = paired_order(attention, attention.n_heads, n_paired);
  if (part.part == &TensorNames::key && n_paired > 0) recipe.order = paired_order(attention, attention.n_kv_heads, n_paired);
  if (part.part == &TensorNames::fused_query_key_value && attention.fused_order == nn::FusedOrder::by_group) {
    recipe.order = block_order(attention);
  }
  if (part.part == &TensorNames::position_embedding && from.learned_positions && from.learned_positions->first > 0) {
    recipe.order = range(from.learned_positions->first, from.learned_positions->n_rows);
  }
  if (part.part == &TensorNames::fused_up_gate && from.mlp.up_first) {
    recipe.order = range(from.mlp.dim, 2 * from.mlp.dim);
    const std::vector<std::size_t> up = range(0, from.mlp.dim);
    recipe.order.insert(recipe.order.end(), up.begin(), up.end());
  }
  return recipe;
}

[[noreturn]] void wrong_shape(const TensorFile& file, const TensorView& tensor, const std::string& wanted) {
  throw Error(ErrorCode::mismatch, file.path().string() + ": tensor '" + tensor.name + "' must have " + wanted);
}

GgufTensor as_it_lies(std::string name, const TensorView& tensor) {
  const std::size_t n_row = byte_size(tensor.type, tensor.shape.empty() ? 1 : tensor.shape.back());
  const auto read = [&tensor, n_row](std::size_t r, std::span<std::byte> out) {
    std::memcpy(out.data(), tensor.bytes.data() + r * n_row, n_row);
  };
  return {{std::move(name), tensor.type, tensor.shape, read}, &tensor};
}

GgufTensor reordered(std::string name, const TensorFile& file, const TensorView& tensor, std::vector<std::size_t> order) {
  const bool vector = tensor.shape.size() == 1;
  const std::size_t n = tensor.shape.empty() ? 0 : tensor.shape[0];
  if (tensor.shape.size() > 2 || std::ranges::any_of(order, [&](std::size_t i) { return i >= n; })) {
    wrong_shape(file, tensor, std::to_string(order.size()) + " rows");
  }
  if (vector && block_size(tensor.type) > 1) wrong_shape(file, tensor, "numbers that lie one by one");
  const std::size_t n_unit = vector ? byte_size(tensor.type, 1) : byte_size(tensor.type, tensor.shape[1]);
  std::vector<std::size_t> shape = tensor.shape;
  shape[0] = order.size();
  const auto read = [&tensor, n_unit, vector, order = std::move(order)](std::size_t r, std::span<std::byte> out) {
    for (std::size_t i = 0; i < (vector ? order.size() : 1); ++i) {
      std::memcpy(out.data() + i * n_unit, tensor.bytes.data() + order[vector ? i : r] * n_unit, n_unit);
    }
  };
  return {{std::move(name), tensor.type, std::move(shape), read}, nullptr};
}

GgufTensor transposed(std::string name, const TensorFile& file, const TensorView& tensor) {
  if (tensor.shape.size() != 2 || block_size(tensor.type) > 1) wrong_shape(file, tensor, "two dimensions, and numbers that lie one by one");
  const std::size_t n_number = byte_size(tensor.type, 1), n_in = tensor.shape[0], n_out = tensor.shape[1];
  const auto read = [&tensor, n_number, n_in, n_out](std::size_t r, std::span<std::byte> out) {
    for (std::size_t i = 0; i < n_in; ++i) {
      std::memcpy(out.data() + i * n_number, tensor.bytes.data() + (i * n_out + r) * n_number, n_number);
    }
  };
  return {{std::move(name), tensor.type, {n_out, n_in}, read}, nullptr};
}

GgufTensor with_one_added(std::string name, const TensorView& tensor) {
  const auto read = [&tensor](std::size_t r, std::span<std::byte> out) {
    std::vector<float> row(out.size() / sizeof(float));
    tensor.row_to_float(r, row);
    for (float& x : row) x += 1;
    std::memcpy(out.data(), row.data(), out.size());
  };
  return {{std::move(name), TensorType::f32, tensor.shape, read}, nullptr};
}

GgufTensor make(std::string name, const TensorFile& file, const TensorView& tensor, Recipe recipe) {
  if (recipe.transposed) return transposed(std::move(name), file, tensor);
  if (recipe.add_one) return with_one_added(std::move(name), tensor);
  if (!recipe.order.empty()) return reordered(std::move(name), file, tensor, std::move(recipe.order));
  return as_it_lies(std::move(name), tensor);
}

/// The spec as it is when every tensor lies as in GGUF.
TransformerSpec plain_spec(const TransformerSpec& from, const GgufArchitecture* architecture) {
  TransformerSpec spec = from;
  if (spec.learned_positions) {
    spec.learned_positions->n_rows -= spec.learned_positions->first;
    spec.learned_positions->first = 0;
  }
  spec.weight_order = nn::WeightOrder::rows_are_outputs;
  spec.attention.fused_order = nn::FusedOrder::blocks;
  spec.norm.add_one = false;
  if (spec.attention.head_norm) spec.attention.head_norm->add_one = false;
  spec.mlp.up_first = false;
  const bool pairs = architecture != nullptr && architecture->positions == GgufPositions::rope_pairs;
  if (pairs && spec.attention.n_paired == 0 && !spec.ropes.empty()) spec.attention.n_paired = spec.ropes[0].dim;
  return spec;
}

GgufForms forms_of(const ModelDescription& model) {
  return {.fused_qkv = !model.names.fused_query_key_value.empty(),
          .fused_up_gate = !model.names.fused_up_gate.empty(),
          .two_parallel_norms = model.spec.parallel && !model.names.mlp_norm.empty()};
}

/// llama.cpp knows an output table and its bias; a head that transforms first (BERT's) has no name there.
void add_head(const ModelDescription& model, const TensorFile& weights, GgufLayout& layout) {
  layout.model.head.reset();
  if (!model.head || !model.head->transform.empty()) return;
  layout.model.head = HeadSpec{};
  layout.model.head->tied = model.head->tied;
  if (!model.head->tied) {
    layout.model.head->output = "output";
    layout.head.push_back(as_it_lies(
        "output.weight", nn::require_tensor(weights, model.head->output + ".weight", {model.spec.vocabulary_size, model.spec.dim})));
  }
  const TensorView* bias = model.head->bias.empty() ? nullptr : weights.find(model.head->bias);
  if (bias == nullptr) return;
  layout.model.head->bias = "output.bias";
  layout.head.push_back(as_it_lies("output.bias", *bias));
}

}  // namespace

GgufLayout gguf_layout(const ModelDescription& model, const TensorFile& weights) {
  GgufLayout layout{{}, model, {}, {}};
  const GgufArchitecture* architecture = gguf_architecture_of(model);
  if (architecture != nullptr) layout.model.names = gguf_names(*architecture, model.spec, forms_of(model));
  if (architecture != nullptr && have_the_same_parts(layout.model.names, model.names)) {
    layout.architecture = architecture->name;
  } else {
    layout.model.names = common_names(model.names);
    architecture = nullptr;
  }
  layout.model.spec = plain_spec(model.spec, architecture);
  for (const TensorPart& part : tensor_parts(model)) {
    const std::string name = part.name(model.names);
    const TensorView* tensor = find_part(weights, name);
    if (tensor == nullptr && part.suffix == ".bias") continue;
    if (tensor == nullptr) throw Error(ErrorCode::not_found, weights.path().string() + ": tensor '" + name + "' is missing");
    layout.tensors.push_back(make(part.name(layout.model.names), weights, *tensor, recipe_of(part, model.spec, layout.model.spec)));
  }
  add_head(model, weights, layout);
  return layout;
}

}  // namespace akin
