#include "akin/text/lowercase.h"

#include "akin/base/utf8.h"
#include "unicode.h"

namespace akin {

std::string lowercase(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const DecodedChar c = decode_utf8(text, at);
    const text::CodePoints to = text::lowercase(c.code_point);
    for (std::uint32_t i = 0; i < to.n; ++i) append_utf8(out, to.at[i]);
    at += c.length;
  }
  return out;
}

}  // namespace akin
