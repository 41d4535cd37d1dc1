#include "akin/base/utf8.h"

#include <cstring>

namespace akin {
namespace {

constexpr DecodedChar malformed(std::uint32_t length) { return {kReplacement, length, false}; }

/// Length of the ASCII run at the start, eight bytes at a time.
std::size_t ascii_prefix(std::string_view text) noexcept {
  std::size_t i = 0;
  while (i + 8 <= text.size()) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    if ((word & 0x8080808080808080U) != 0) break;
    i += 8;
  }
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
  return i;
}

}  // namespace

DecodedChar decode_utf8(std::string_view text, std::size_t position) noexcept {
  const auto at = [&](std::size_t i) -> unsigned { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned lead = at(position);
  if (lead < 0x80) return {lead, 1, true};
  // The second byte's range depends on the first: this refuses overlong forms, surrogates and values over U+10FFFF at once.
  unsigned low = 0x80;
  unsigned high = 0xBF;
  std::uint32_t length = 0;
  if (lead >= 0xC2 && lead <= 0xDF)
    length = 2;
  else if (lead >= 0xE0 && lead <= 0xEF)
    length = 3;
  else if (lead >= 0xF0 && lead <= 0xF4)
    length = 4;
  else
    return malformed(1);
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  char32_t code = lead & (0x7FU >> length);
  for (std::uint32_t i = 1; i < length; ++i) {
    const unsigned next = at(position + i);
    if (next < low || next > high) return malformed(i);
    code = (code << 6) | (next & 0x3FU);
    low = 0x80;
    high = 0xBF;
  }
  return {code, length, true};
}

void append_utf8(std::string& out, char32_t code_point) {
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) code_point = kReplacement;
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6));
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | (code_point >> 18));
    put(0x80 | ((code_point >> 12) & 0x3F));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

bool is_valid_utf8(std::string_view text) noexcept {
  std::size_t i = 0;
  while ((i += ascii_prefix(text.substr(i))) < text.size()) {
    const DecodedChar c = decode_utf8(text, i);
    if (!c.valid) return false;
    i += c.length;
  }
  return true;
}

std::string replace_invalid_utf8(std::string_view text, std::size_t& n_replaced) {
  std::string out;
  out.reserve(text.size());
  n_replaced = 0;
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t run = ascii_prefix(text.substr(i));
    out.append(text.substr(i, run));
    i += run;
    if (i >= text.size()) break;
    const DecodedChar c = decode_utf8(text, i);
    if (c.valid) {
      out.append(text.substr(i, c.length));
    } else {
      append_utf8(out, kReplacement);
      ++n_replaced;
    }
    i += c.length;
  }
  return out;
}

std::size_t count_code_points(std::string_view text) noexcept {
  std::size_t n = 0;
  for (std::size_t i = 0; i < text.size(); ++n) i += decode_utf8(text, i).length;
  return n;
}

}  // namespace akin
