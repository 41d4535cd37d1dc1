// Any bytes as tokenizer.json: either an Error or a tokenizer that encodes and decodes within its vocabulary.
#include <cstdint>
#include <string_view>

#include "akin/base/error.h"
#include "akin/text/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const akin::Tokenizer tokenizer = akin::Tokenizer::from_json({reinterpret_cast<const char*>(data), size}, "fuzz");
    const akin::Encoding encoding = tokenizer.encode("Hello [MASK] w\xc3\xb6rld \xe4\xb8\xad, ab\xff", {.offsets = true});
    for (const std::int32_t id : encoding.ids) {
      if (id < 0 || static_cast<std::size_t>(id) >= tokenizer.vocabulary_size()) __builtin_trap();
    }
    (void)tokenizer.decode(encoding.ids, false);
    (void)tokenizer.fingerprint();
  } catch (const akin::Error&) {
    return 0;
  }
  return 0;
}
