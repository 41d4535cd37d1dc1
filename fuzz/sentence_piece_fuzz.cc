// Any bytes as a SentencePiece .model, taken for each family in turn: either an Error or a tokenizer that encodes within its vocabulary
// and its text.
#include <cstdint>
#include <string_view>

#include "akin/base/error.h"
#include "akin/text/tokenizer.h"

namespace {

void check(bool holds) {
  if (!holds) __builtin_trap();
}

void use(const akin::Tokenizer& tokenizer) {
  constexpr std::string_view kText = "Hello, w\xc3\xb6rld  \xe4\xb8\xad</s> e\xcc\x81\xef\xac\x81 abcabc\t\xff x";
  const akin::Encoding encoding = tokenizer.encode(kText, {.offsets = true});
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    check(encoding.ids[i] >= 0 && static_cast<std::size_t>(encoding.ids[i]) < tokenizer.vocabulary_size());
    check(encoding.offsets[i].begin <= encoding.offsets[i].end && encoding.offsets[i].end <= kText.size());
  }
  (void)tokenizer.decode(encoding.ids, false);
  (void)tokenizer.fingerprint();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view model(reinterpret_cast<const char*>(data), size);
  for (const char* name : {"any.model", "spiece.model", "sentencepiece.bpe.model", "tokenizer.model"}) {
    try {
      use(akin::Tokenizer::from_sentence_piece(model, "", name));
    } catch (const akin::Error&) {
      continue;
    }
  }
  return 0;
}
