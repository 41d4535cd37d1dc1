// BERT-kind encoders in GGUF, as llama.cpp names their keys and tensors. A key of ours ("akin.…") says what llama.cpp has no word for.
#include <cmath>

#include "akin/base/error.h"
#include "akin/model/families.h"
#include "config.h"

namespace akin {
namespace {

std::size_t positive(const GgufFile& file, const std::string& key) {
  const std::int64_t value = file.integer(key);
  if (value <= 0 || value >= (std::int64_t{1} << 31)) {
    throw Error(ErrorCode::corrupt,
                file.path().string() + ": key '" + key + "' must be a whole number above 0, found " + std::to_string(value));
  }
  return static_cast<std::size_t>(value);
}

std::size_t rows_of(const GgufFile& file, const char* tensor) {
  const TensorView* found = file.find(tensor);
  return found != nullptr && found->shape.size() == 2 ? found->shape[0] : 0;
}

}  // namespace

TensorNames gguf_tensor_names(const TransformerSpec& spec) {
  TensorNames names;
  names.token_embedding = "token_embd";
  if (spec.learned_positions) names.position_embedding = "position_embd";
  if (spec.n_token_types > 0) names.token_type_embedding = "token_types";
  names.embedding_norm = "token_embd_norm";
  names.query = "blk.{}.attn_q";
  names.key = "blk.{}.attn_k";
  names.value = "blk.{}.attn_v";
  names.attention_output = "blk.{}.attn_output";
  names.attention_norm = "blk.{}.attn_output_norm";
  names.up = "blk.{}.ffn_up";
  names.down = "blk.{}.ffn_down";
  names.mlp_norm = "blk.{}.layer_output_norm";
  return names;
}

ModelDescription describe_gguf(const GgufFile& file) {
  const std::string where = file.path().string();
  const std::string architecture(file.string("general.architecture"));
  if (architecture != "bert") {
    throw Error(ErrorCode::unsupported, where + ": architecture '" + architecture + "' is not one that akin runs; it runs bert");
  }
  const std::size_t dim = positive(file, "bert.embedding_length");
  const std::size_t n_heads = positive(file, "bert.attention.head_count");
  if (dim % n_heads != 0) throw Error(ErrorCode::corrupt, where + ": bert.embedding_length is not a multiple of bert.attention.head_count");
  const std::size_t head_dim = dim / n_heads;
  const nlohmann::json stored = {{"activation", std::string(file.string("akin.activation", "gelu"))}};
  const Config activation(stored.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), where);
  ModelDescription model;
  model.family = file.string("akin.family", "bert");
  TransformerSpec& spec = model.spec;
  spec.n_layers = positive(file, "bert.block_count");
  spec.dim = dim;
  spec.vocabulary_size = rows_of(file, "token_embd.weight");
  spec.n_token_types = rows_of(file, "token_types.weight");
  spec.norm.eps = static_cast<float>(file.number("bert.attention.layer_norm_epsilon"));
  spec.learned_positions = LearnedPositions{.n_rows = positive(file, "bert.context_length")};
  spec.attention.n_heads = spec.attention.n_kv_heads = n_heads;
  spec.attention.head_dim = head_dim;
  spec.attention.scale = 1 / std::sqrt(static_cast<float>(head_dim));
  spec.mlp = {.dim = positive(file, "bert.feed_forward_length"), .activation = activation.activation("activation", "gelu")};
  model.names = gguf_tensor_names(model.spec);
  return model;
}

}  // namespace akin
