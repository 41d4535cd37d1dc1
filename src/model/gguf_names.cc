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
  return {
      .token_embedding = "token_embd",
      .position_embedding = "position_embd",
      .token_type_embedding = spec.n_token_types > 0 ? "token_types" : "",
      .embedding_norm = "token_embd_norm",
      .query = "blk.{}.attn_q",
      .key = "blk.{}.attn_k",
      .value = "blk.{}.attn_v",
      .attention_output = "blk.{}.attn_output",
      .attention_norm = "blk.{}.attn_output_norm",
      .up = "blk.{}.ffn_up",
      .down = "blk.{}.ffn_down",
      .mlp_norm = "blk.{}.layer_output_norm",
  };
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
  model.spec = {
      .n_layers = positive(file, "bert.block_count"),
      .dim = dim,
      .vocabulary_size = rows_of(file, "token_embd.weight"),
      .n_token_types = rows_of(file, "token_types.weight"),
      .norm_eps = static_cast<float>(file.number("bert.attention.layer_norm_epsilon")),
      .positions = LearnedPositions{.n_rows = positive(file, "bert.context_length")},
      .attention = {.n_heads = n_heads, .n_kv_heads = n_heads, .head_dim = head_dim, .scale = 1 / std::sqrt(static_cast<float>(head_dim))},
      .mlp = {.dim = positive(file, "bert.feed_forward_length"), .activation = activation.activation("activation", "gelu")},
  };
  model.names = gguf_tensor_names(model.spec);
  return model;
}

}  // namespace akin
