// Any bytes as the answer of an embedding server: refused with an Error, or finite vectors of the shape that was asked for.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "akin/base/error.h"
#include "embeddings_json.h"

namespace {

using Parse = akin::hub::EmbeddingsReply (*)(std::string_view, const akin::hub::ReplyShape&, const std::string&);

void check(Parse parse, std::string_view text, const akin::hub::ReplyShape& shape) {
  try {
    const akin::hub::EmbeddingsReply reply = parse(text, shape, "fuzz");
    if (reply.vectors.rows() != shape.n_texts || (shape.dim != 0 && reply.vectors.cols() != shape.dim)) __builtin_trap();
    for (std::size_t r = 0; r < reply.vectors.rows(); ++r)
      for (const float x : reply.vectors.row(r))
        if (!std::isfinite(x)) __builtin_trap();
  } catch (const akin::Error&) {
    return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const akin::hub::ReplyShape& shape : {akin::hub::ReplyShape{1, 0}, akin::hub::ReplyShape{2, 2}}) {
    check(akin::hub::parse_openai_reply, text, shape);
    check(akin::hub::parse_ollama_reply, text, shape);
  }
  check(akin::hub::parse_titan_reply, text, {1, 0});
  (void)akin::hub::server_message(text);
  (void)akin::hub::server_error_code(text);
  return 0;
}
