#include "akin/base/unspaced.h"

#include <algorithm>
#include <array>

namespace akin {
namespace {

struct Range {
  char32_t first, last;
  std::size_t group;
};

// Letters and the marks that are written with them; blocks of the Unicode standard, digits and punctuation left out. Rising.
constexpr std::array<Range, 30> kRanges = {{
    {0x0E01, 0x0E3A, 3},    // Thai
    {0x0E40, 0x0E4E, 3},    //
    {0x0E81, 0x0ECD, 3},    // Lao
    {0x0EDC, 0x0EDF, 3},    //
    {0x1000, 0x103F, 3},    // Burmese
    {0x1050, 0x108F, 3},    //
    {0x1100, 0x11FF, 2},    // Hangul, letters
    {0x1780, 0x17D3, 3},    // Khmer
    {0x1950, 0x1974, 3},    // Tai Le
    {0x1980, 0x19C9, 3},    // New Tai Lue
    {0x1A20, 0x1A7C, 3},    // Tai Tham
    {0x2E80, 0x2FD5, 2},    // radicals of Han
    {0x3005, 0x3007, 2},    // marks of repetition
    {0x3021, 0x3029, 2},    //
    {0x3031, 0x3035, 2},    //
    {0x3041, 0x309F, 2},    // Hiragana
    {0x30A1, 0x30FA, 2},    // Katakana
    {0x30FC, 0x30FF, 2},    //
    {0x3105, 0x312F, 2},    // Bopomofo
    {0x3131, 0x318E, 2},    // Hangul, letters
    {0x31A0, 0x31BF, 2},    // Bopomofo
    {0x31F0, 0x31FF, 2},    // Katakana
    {0x3400, 0x4DBF, 2},    // Han
    {0x4E00, 0x9FFF, 2},    //
    {0xA9E0, 0xA9EF, 3},    // Burmese
    {0xAA60, 0xAA7F, 3},    //
    {0xAC00, 0xD7A3, 2},    // Hangul
    {0xF900, 0xFAFF, 2},    // Han
    {0xFF66, 0xFF9F, 2},    // Katakana of half width
    {0x20000, 0x3FFFD, 2},  // Han
}};

}  // namespace

std::size_t group_size(char32_t code_point) noexcept {
  const auto* const at =
      std::lower_bound(kRanges.begin(), kRanges.end(), code_point, [](const Range& range, char32_t c) { return range.last < c; });
  return at != kRanges.end() && at->first <= code_point ? at->group : 0;
}

UnspacedRun next_unspaced(std::string_view text, std::size_t from) noexcept {
  UnspacedRun run{text.size(), text.size(), 0};
  for (std::size_t i = from; i < text.size();) {
    // Below this byte there are characters up to U+07FF: none of these scripts.
    const bool may_be = static_cast<unsigned char>(text[i]) >= 0xE0;
    const DecodedChar c = may_be ? decode_utf8(text, i) : DecodedChar{0, 1, true};
    const std::size_t group = may_be && c.valid ? group_size(c.code_point) : 0;
    if (run.group == 0 && group != 0) run = {i, text.size(), group};
    if (run.group != 0 && group != run.group) {
      run.end = i;
      return run;
    }
    i += c.length;
  }
  return run;
}

}  // namespace akin
