#include "transformer_slots.h"

#include <array>

#include "akin/base/error.h"

namespace akin {
namespace {

[[noreturn]] void refuse(const ModelDescription& model, const std::string& what) {
  throw Error(ErrorCode::unsupported, "a " + model.family + " model cannot be trained: " + what + " has no backward pass");
}

void check(const ModelDescription& model) {
  const TransformerSpec& spec = model.spec;
  if (spec.parallel) refuse(model, "a layer whose attention and feed-forward part read the same rows");
  if (spec.attention.relative_bias) refuse(model, "the table of relative positions");
  if (spec.attention.head_norm) refuse(model, "the norm of heads");
  for (const nn::RopeSpec& rope : spec.ropes) {
    if (rope.layout != nn::RopeLayout::half_split) refuse(model, "a rotation of neighbouring numbers");
  }
  if (spec.attention.n_paired != 0) refuse(model, "a weight with paired rows");
  if (spec.norm.add_one) refuse(model, "a norm with factors 1 + weight");
  if (spec.mlp.gated && spec.mlp.up_first) refuse(model, "a fused feed-forward weight with the gate behind");
  if (spec.attention.fused_order == nn::FusedOrder::by_group && !model.names.fused_query_key_value.empty()) {
    refuse(model, "a fused query, key and value weight ordered by heads");
  }
  if (!model.names.attention_post_norm.empty() || !model.names.mlp_post_norm.empty()) refuse(model, "a norm behind a block");
  if (!model.names.attention_scale.empty() || !model.names.mlp_scale.empty()) refuse(model, "a factor behind a block");
  if (model.names.mlp_norm.empty()) refuse(model, "a layer with one norm");
}

std::vector<LinearPartShape> query_key_value(const ModelDescription& model, std::size_t layer) {
  const nn::AttentionSpec& a = model.spec.attention;
  const std::size_t wide = a.dim(), narrow = a.n_kv_heads * a.head_dim;
  const TensorNames& names = model.names;
  if (!names.fused_query_key_value.empty()) return {{layer_name(names.fused_query_key_value, layer), wide + 2 * narrow}};
  return {{layer_name(names.query, layer), wide}, {layer_name(names.key, layer), narrow}, {layer_name(names.value, layer), narrow}};
}

std::vector<LinearPartShape> up_parts(const ModelDescription& model, std::size_t layer) {
  const std::size_t dim = model.spec.mlp.dim;
  const TensorNames& names = model.names;
  if (!model.spec.mlp.gated) return {{layer_name(names.up, layer), dim}};
  if (!names.fused_up_gate.empty()) return {{layer_name(names.fused_up_gate, layer), 2 * dim}};
  return {{layer_name(names.gate, layer), dim}, {layer_name(names.up, layer), dim}};
}

TableSlot add_table(const std::string& name, std::size_t rows, std::size_t cols, Parameters& parameters) {
  parameters.align();
  return {parameters.add(name + ".weight", {rows, cols}), rows, cols};
}

LayerSlots add_layer(const ModelDescription& model, std::size_t layer, const HasTensor& has, Parameters& parameters) {
  const TransformerSpec& spec = model.spec;
  const nn::WeightOrder order = spec.weight_order;
  const std::array<LinearPartShape, 1> output = {LinearPartShape{layer_name(model.names.attention_output, layer), spec.dim}};
  const std::array<LinearPartShape, 1> down = {LinearPartShape{layer_name(model.names.down, layer), spec.dim}};
  LayerSlots slots;
  slots.qkv = add_linear(query_key_value(model, layer), spec.dim, order, has, parameters);
  slots.output = add_linear(output, spec.attention.dim(), order, has, parameters);
  if (!model.names.attention_norm.empty() && (layer > 0 || spec.first_layer_has_attention_norm)) {
    slots.attention_norm = add_norm(layer_name(model.names.attention_norm, layer), spec.dim, spec.norm, parameters);
  }
  slots.up = add_linear(up_parts(model, layer), spec.dim, order, has, parameters);
  slots.down = add_linear(down, spec.mlp.dim, order, has, parameters);
  slots.mlp_norm = add_norm(layer_name(model.names.mlp_norm, layer), spec.dim, spec.norm, parameters);
  return slots;
}

}  // namespace

nn::LinearWeights LinearSlot::weights(std::span<const float> values) const {
  const std::span<const float> biases = bias ? values.subspan(*bias, n_out()) : std::span<const float>();
  return {{values.data() + weight, rows, cols}, biases, order};
}

nn::LinearGradients LinearSlot::gradients(std::span<float> buffer) const {
  const std::span<float> biases = bias ? buffer.subspan(*bias, n_out()) : std::span<float>();
  return {{buffer.data() + weight, rows, cols}, biases, order};
}

nn::NormWeights NormSlot::weights(std::span<const float> values) const {
  return {values.subspan(gamma, dim), beta ? values.subspan(*beta, dim) : std::span<const float>(), spec};
}

LinearSlot add_linear(std::span<const LinearPartShape> parts, std::size_t n_in, nn::WeightOrder order, const HasTensor& has,
                      Parameters& parameters) {
  const bool by_outputs = order == nn::WeightOrder::rows_are_outputs;
  require(by_outputs || parts.size() == 1, "weights whose rows are inputs cannot be stacked");
  LinearSlot slot;
  slot.order = order;
  std::size_t n_out = 0, n_biased = 0;
  parameters.align();
  for (const LinearPartShape& part : parts) {
    const std::size_t offset =
        parameters.add(part.name + ".weight", by_outputs ? std::vector{part.n_out, n_in} : std::vector{n_in, part.n_out});
    if (n_out == 0) slot.weight = offset;
    n_out += part.n_out;
    n_biased += has(part.name + ".bias") ? 1 : 0;
  }
  slot.rows = by_outputs ? n_out : n_in;
  slot.cols = by_outputs ? n_in : n_out;
  if (n_biased == 0) return slot;
  // One of three biases alone would leave the others without a place to read zeros from.
  if (n_biased != parts.size())
    throw Error(ErrorCode::unsupported, "'" + parts.front().name + "': some of its maps have biases and some not");
  parameters.align();
  for (const LinearPartShape& part : parts) {
    const std::size_t offset = parameters.add(part.name + ".bias", {part.n_out});
    if (!slot.bias) slot.bias = offset;
  }
  return slot;
}

NormSlot add_norm(const std::string& name, std::size_t dim, const nn::NormSpec& spec, Parameters& parameters) {
  NormSlot slot;
  slot.dim = dim;
  slot.spec = spec;
  parameters.align();
  slot.gamma = parameters.add(name + ".weight", {dim});
  if (spec.kind == nn::NormKind::layer && spec.bias) slot.beta = parameters.add(name + ".bias", {dim});
  return slot;
}

TransformerSlots add_transformer(const ModelDescription& model, const HasTensor& has, Parameters& parameters) {
  check(model);
  const TransformerSpec& spec = model.spec;
  const TensorNames& names = model.names;
  TransformerSlots slots;
  slots.tokens = add_table(names.token_embedding, spec.vocabulary_size, spec.dim, parameters);
  if (spec.learned_positions) slots.positions = add_table(names.position_embedding, spec.learned_positions->n_rows, spec.dim, parameters);
  if (spec.n_token_types > 0) slots.token_types = add_table(names.token_type_embedding, spec.n_token_types, spec.dim, parameters);
  if (!names.embedding_norm.empty()) slots.embedding_norm = add_norm(names.embedding_norm, spec.dim, spec.norm, parameters);
  for (std::size_t layer = 0; layer < spec.n_layers; ++layer) slots.layers.push_back(add_layer(model, layer, has, parameters));
  if (!names.final_norm.empty()) slots.final_norm = add_norm(names.final_norm, spec.dim, spec.norm, parameters);
  return slots;
}

}  // namespace akin
