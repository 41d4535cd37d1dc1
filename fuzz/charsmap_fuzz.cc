// Any bytes as a charsmap and a text: the first byte says how much is text. Either an Error, or the normalised text is UTF-8 and each of
// its bytes has an origin in the text.
#include <cstdint>
#include <string_view>

#include "akin/base/error.h"
#include "akin/base/utf8.h"
#include "charsmap.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t n_text = data[0] < size ? data[0] : size - 1;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, n_text);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1 + n_text, size - 1 - n_text);
  try {
    akin::text::NormalizedText out(text);
    akin::text::Precompiled(akin::text::Charsmap(bytes, "fuzz")).apply(out);
    if (!akin::is_valid_utf8(out.text())) __builtin_trap();
    for (std::size_t i = 0; i < out.text().size(); ++i) {
      const akin::TextSpan span = out.origin(i, i + 1);
      if (span.begin > span.end || span.end > text.size()) __builtin_trap();
    }
  } catch (const akin::Error&) {
    return 0;
  }
  return 0;
}
