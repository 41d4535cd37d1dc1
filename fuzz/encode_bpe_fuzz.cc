// Any bytes as a text for BPE tokenizers of several kinds: offsets stay inside the text, counts and ids without offsets agree, ids decode;
// a byte-level tokenizer gives the text back.
#include <cstdint>
#include <string>
#include <string_view>

#include "akin/base/utf8.h"
#include "akin/text/tokenizer.h"

namespace {

void check(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const akin::Tokenizer tokenizers[] = {
      akin::Tokenizer::from_folder(AKIN_GOLDEN "/models/gpt2"),  akin::Tokenizer::from_folder(AKIN_GOLDEN "/models/qwen2"),
      akin::Tokenizer::from_folder(AKIN_GOLDEN "/models/llama"), akin::Tokenizer::from_folder(AKIN_GOLDEN "/models/clip"),
      akin::Tokenizer::from_folder(AKIN_GOLDEN "/models/bloom"), akin::Tokenizer::from_folder(AKIN_GOLDEN "/models/falcon")};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const akin::Tokenizer& tokenizer : tokenizers) {
    const akin::Encoding encoding = tokenizer.encode(text, {.special_tokens = false, .offsets = true});
    check(encoding.offsets.size() == encoding.ids.size() && encoding.n_tokens_dropped == 0);
    check(tokenizer.count(text) == encoding.ids.size());
    check(tokenizer.encode(text, {.special_tokens = false}).ids == encoding.ids);
    for (const akin::TextSpan& span : encoding.offsets) check(span.begin <= span.end && span.end <= size);
    (void)akin::to_code_points(text, encoding.offsets);
    const std::string decoded = tokenizer.decode(encoding.ids, false);
    std::size_t n_replaced = 0;
    if (&tokenizer == tokenizers) check(decoded == akin::replace_invalid_utf8(text, n_replaced));
  }
  return 0;
}
