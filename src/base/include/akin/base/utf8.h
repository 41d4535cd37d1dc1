// UTF-8 decoding with the replacement rule of the Unicode standard (3.9, "maximal subparts") and of Python's errors="replace".
// Tested by utf8_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace akin {

inline constexpr char32_t kReplacement = 0xFFFD;

struct DecodedChar {
  char32_t code_point = 0;
  std::uint32_t length = 0;  ///< bytes taken, 1–4
  bool valid = true;         ///< false: `code_point` is U+FFFD for a malformed subpart of `length` bytes
};

/// Decodes the character at `position` < text.size().
DecodedChar decode_utf8(std::string_view text, std::size_t position) noexcept;

/// Appends the encoding of a code point; surrogates and values over 0x10FFFF become U+FFFD.
void append_utf8(std::string& out, char32_t code_point);

[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// The text with each malformed subpart replaced by U+FFFD; `n_replaced` says how many there were.
std::string replace_invalid_utf8(std::string_view text, std::size_t& n_replaced);

/// Number of code points, malformed subparts counted as one each.
std::size_t count_code_points(std::string_view text) noexcept;

}  // namespace akin
