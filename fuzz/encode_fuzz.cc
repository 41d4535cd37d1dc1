// Any bytes as a text for BERT's tokenizer: offsets stay inside the text and in order, counts agree, ids decode.
#include <cstdint>
#include <string_view>

#include "akin/text/tokenizer.h"

namespace {

void check(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const akin::Tokenizer tokenizer = akin::Tokenizer::from_folder(AKIN_GOLDEN "/tokenizers/bert-base-uncased");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const akin::Encoding encoding = tokenizer.encode(text, {.special_tokens = false, .offsets = true});
  check(encoding.offsets.size() == encoding.ids.size() && encoding.n_tokens_dropped == 0);
  check(tokenizer.count(text) == encoding.ids.size());
  std::uint32_t last = 0;
  for (const akin::TextSpan& span : encoding.offsets) {
    check(span.begin >= last && span.begin < span.end && span.end <= size);
    last = span.begin;
  }
  (void)akin::to_code_points(text, encoding.offsets);
  (void)tokenizer.decode(encoding.ids);
  const akin::Encoding cut = tokenizer.encode(text, {.max_tokens = 8});
  check(cut.ids.size() <= 8 && cut.n_tokens_seen == encoding.ids.size() + 2 && cut.n_tokens_dropped == cut.n_tokens_seen - cut.ids.size());
  return 0;
}
