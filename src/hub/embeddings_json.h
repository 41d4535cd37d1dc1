// The answers of embedding servers: foreign JSON → vectors, each checked for number, order, dimensions and finite numbers. Tested by
// embeddings_json_test.cc; fuzz entry embeddings_json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "akin/base/matrix.h"

namespace akin::hub {

struct EmbeddingsReply {
  Matrix<float> vectors;       ///< (n_texts, dim)
  std::uint64_t n_tokens = 0;  ///< of all texts, as the server counts; 0 where it does not say
};

/// What an answer must be.
struct ReplyShape {
  std::size_t n_texts = 0;
  std::size_t dim = 0;  ///< 0 = whatever the first vector has, up to kMaxDim
};
inline constexpr std::size_t kMaxDim = 65'536;

/// Of one number in JSON, with its comma: what a body can be expected to hold at most.
inline constexpr std::size_t kBytesOfANumber = 32;

// Each throws Error{corrupt} saying where and what was wanted; `where` names the server.

/// {"data": [{"index": 0, "embedding": [0.1, …] or "base64 of little-endian f32"}, …], "usage": {"prompt_tokens": n}}
EmbeddingsReply parse_openai_reply(std::string_view json, const ReplyShape& shape, const std::string& where);
/// {"embeddings": [[0.1, …], …], "prompt_eval_count": n}
EmbeddingsReply parse_ollama_reply(std::string_view json, const ReplyShape& shape, const std::string& where);
/// {"embedding": [0.1, …], "inputTextTokenCount": n}
EmbeddingsReply parse_titan_reply(std::string_view json, const ReplyShape& shape, const std::string& where);

/// What a server says went wrong, on one line, from any of {"error": {"message": …}}, {"error": …}, {"message": …}, {"detail": …}, else
/// the beginning of the body.
std::string server_message(std::string_view body);
/// The "code" of {"error": {"code": …}}: "insufficient_quota", …
std::string server_error_code(std::string_view body);

}  // namespace akin::hub
