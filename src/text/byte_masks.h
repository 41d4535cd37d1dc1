// The classes of 64 bytes of text as masks of 64 bits. Tested by byte_masks_test.cc.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "word_cache.h"

namespace akin::text {

/// Of 64 bytes, the first one being the lowest bit.
struct ByteMasks {
  std::uint64_t letters = 0;  ///< of ASCII, as all but the last
  std::uint64_t numbers = 0;
  std::uint64_t spaces = 0;  ///< white space
  std::uint64_t blanks = 0;  ///< U+0020
  std::uint64_t controls = 0;
  std::uint64_t apostrophes = 0;
  std::uint64_t high = 0;  ///< parts of characters that are not ASCII
};

namespace detail {

constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
constexpr std::uint64_t kHighs = 0x8080808080808080ULL;

// The highest bits of bytes that are at least `first`; `bytes` are less than 0x80.
constexpr std::uint64_t at_least(std::uint64_t bytes, unsigned first) noexcept { return bytes + kOnes * (0x80 - first); }
constexpr std::uint64_t in_range(std::uint64_t bytes, unsigned first, unsigned end) noexcept {
  return at_least(bytes, first) & ~at_least(bytes, end);
}

// The highest bits of eight bytes side by side.
constexpr std::uint64_t gathered(std::uint64_t bytes) noexcept { return ((bytes & kHighs) * 0x0002040810204081ULL) >> 56; }

}  // namespace detail

namespace detail {

// A bit a byte of 64: whether marked() sets its highest bit, given eight of them.
template <class Marked>
inline std::uint64_t mask_where(std::string_view bytes, Marked&& marked) noexcept {
  std::uint64_t out = 0;
  for (unsigned i = 0; i < 64; i += 8) out |= gathered(marked(load8(bytes, i))) << i;
  return out;
}

constexpr std::uint64_t controls(std::uint64_t low) noexcept { return ~at_least(low, ' ') | at_least(low, 0x7F); }
constexpr std::uint64_t apostrophes(std::uint64_t low) noexcept { return in_range(low, '\'', '\'' + 1); }

}  // namespace detail

/// `bytes` are 64.
inline ByteMasks masks_of(std::string_view bytes) noexcept {
  using namespace detail;
  ByteMasks out;
  // What is rare is only looked for at first.
  std::uint64_t any_high = 0;
  std::uint64_t any_apostrophes = 0;
  std::uint64_t any_controls = 0;
  for (unsigned i = 0; i < 64; i += 8) {
    const std::uint64_t word = load8(bytes, i);
    const std::uint64_t low = word & ~kHighs;
    out.letters |= gathered(in_range(low | kOnes * 0x20, 'a', 'z' + 1) & ~word) << i;
    out.numbers |= gathered(in_range(low, '0', '9' + 1) & ~word) << i;
    out.blanks |= gathered(in_range(low, ' ', ' ' + 1) & ~word) << i;
    any_high |= word;
    any_apostrophes |= apostrophes(low);
    any_controls |= controls(low);
  }
  out.spaces = out.blanks;
  if ((any_high & kHighs) != 0) out.high = mask_where(bytes, [](std::uint64_t word) { return word; });
  if ((any_apostrophes & kHighs) != 0)
    out.apostrophes = mask_where(bytes, [](std::uint64_t word) { return apostrophes(word & ~kHighs) & ~word; });
  if ((any_controls & kHighs) != 0) {
    out.controls = mask_where(bytes, [](std::uint64_t word) { return controls(word & ~kHighs) & ~word; });
    out.spaces |= mask_where(bytes, [](std::uint64_t word) { return in_range(word & ~kHighs, '\t', '\r' + 1) & ~word; });
  }
  return out;
}

/// Of the bytes of `text` from `at` < text.size() on, with blanks behind its end.
inline ByteMasks masks_at(std::string_view text, std::size_t at) noexcept {
  if (text.size() - at >= 64) return masks_of(text.substr(at, 64));
  char padded[64];
  std::memset(padded, ' ', sizeof padded);
  std::memcpy(padded, text.data() + at, text.size() - at);
  return masks_of({padded, sizeof padded});
}

/// The bits of bytes [at, at + 64) that are in a text of `size` > at bytes.
inline std::uint64_t bits_inside(std::size_t at, std::size_t size) noexcept {
  return size - at < 64 ? (std::uint64_t{1} << (size - at)) - 1 : ~std::uint64_t{0};
}

}  // namespace akin::text
