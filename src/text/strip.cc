#include "akin/text/strip.h"

#include "akin/base/utf8.h"
#include "unicode.h"

namespace akin {
namespace {

/// Python's own: White_Space and the four separators U+001C to U+001F.
bool is_stripped(char32_t c) noexcept { return text::is_space(c) || (c >= 0x1C && c <= 0x1F); }

/// Where the character that ends at `end` > 0 begins: at most three continuation bytes back.
std::size_t last_character(std::string_view text, std::size_t end) noexcept {
  std::size_t at = end - 1;
  while (at > 0 && end - at < 4 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
  return at;
}

}  // namespace

std::string_view stripped(std::string_view text) noexcept {
  std::size_t begin = 0;
  for (; begin < text.size();) {
    const DecodedChar c = decode_utf8(text, begin);
    if (!c.valid || !is_stripped(c.code_point)) break;
    begin += c.length;
  }
  std::size_t end = text.size();
  for (; end > begin;) {
    const std::size_t at = last_character(text, end);
    const DecodedChar c = decode_utf8(text.substr(0, end), at);
    if (!c.valid || at + c.length != end || !is_stripped(c.code_point)) break;
    end = at;
  }
  return text.substr(begin, end - begin);
}

}  // namespace akin
