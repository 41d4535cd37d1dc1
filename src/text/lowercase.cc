#include "akin/text/lowercase.h"

#include "akin/base/utf8.h"
#include "unicode.h"

namespace akin {

std::string lowercase(std::string_view input) {
  std::string out;
  out.reserve(input.size());
  for (std::size_t i = 0; i < input.size();) {
    const DecodedChar c = decode_utf8(input, i);
    const text::CodePoints lower = text::lowercase(c.code_point);
    for (std::uint32_t k = 0; k < lower.n; ++k) append_utf8(out, lower.at[k]);
    i += c.length;
  }
  return out;
}

}  // namespace akin
