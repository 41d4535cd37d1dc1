// What the fast paths share: words of up to 16 bytes as two numbers, and a cache from such words to tokens. Tested by word_cache_test.cc.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <memory>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

#include "akin/base/pages.h"

namespace akin::text {

/// The bytes [at, at + 8) of `text` as the low byte first, zero behind its end.
inline std::uint64_t load8(std::string_view text, std::size_t at) noexcept {
  std::uint64_t bytes = 0;
  if (at + 8 <= text.size()) {
    std::memcpy(&bytes, text.data() + at, 8);
  } else if (at < text.size()) {
    std::memcpy(&bytes, text.data() + at, text.size() - at);
  }
  if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
  return bytes;
}

constexpr std::uint64_t first_bytes(std::uint64_t bytes, unsigned n) noexcept {
  return n >= 8 ? bytes : bytes & ((std::uint64_t{1} << (8 * n)) - 1);
}

/// A word of at most 16 bytes with its tokens; 32 bytes, so that two share a cache line and none straddles one.
struct alignas(32) CachedWord {
  static constexpr std::size_t kMaxPacked = 5;
  static constexpr unsigned kIdBits = 21;

  std::uint64_t low = 0;  ///< the bytes, zero behind the end
  std::uint64_t high = 0;
  std::int32_t ids[3] = {0, 0, 0};   ///< or more of them with `lengths` behind, kIdBits each
  std::uint8_t lengths[2] = {0, 0};  ///< of all tokens but the last
  std::uint8_t length = 0;           ///< of the word; 0: the place is free; kPacked more where ids are packed
  std::uint8_t n = 0;

  /// A word whose ids stand in `ids`.
  [[nodiscard]] bool holds(std::uint64_t l, std::uint64_t h, std::size_t word_length) const noexcept {
    return low == l && high == h && length == word_length;
  }
  /// A word whose ids are packed: unpack().
  [[nodiscard]] bool holds_packed(std::uint64_t l, std::uint64_t h, std::size_t word_length) const noexcept {
    return holds(l, h, word_length | kPacked);
  }
  [[nodiscard]] bool is_of(std::uint64_t l, std::uint64_t h, std::size_t word_length) const noexcept {
    return low == l && high == h && (length & ~kPacked) == word_length;
  }
  [[nodiscard]] bool is_free() const noexcept { return length == 0; }
  /// Keeps the tokens of the word that `low` and `high` are, unless there are too many. `length_of` gives the bytes of one.
  template <class Tokens, class LengthOf>
  void keep(std::size_t word_length, const Tokens& tokens, LengthOf&& length_of) {
    if (tokens.size() > std::size(ids)) return;
    length = static_cast<std::uint8_t>(word_length);
    n = static_cast<std::uint8_t>(tokens.size());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      ids[i] = tokens[i].id;
      if (i + 1 < tokens.size()) lengths[i] = static_cast<std::uint8_t>(length_of(tokens[i]));
    }
  }
  /// The same without lengths of up to kMaxPacked tokens with ids of kIdBits.
  template <class Tokens>
  void keep(std::size_t word_length, const Tokens& tokens) {
    if (tokens.size() <= std::size(ids)) return keep(word_length, tokens, [](const auto&) { return 0; });
    if (tokens.size() > kMaxPacked) return;
    std::uint64_t halves[2] = {0, 0};
    for (std::size_t i = 0; i < tokens.size(); ++i) halves[i / 3] |= static_cast<std::uint64_t>(tokens[i].id) << (i % 3 * kIdBits);
    length = static_cast<std::uint8_t>(word_length | kPacked);
    n = static_cast<std::uint8_t>(tokens.size());
    std::memcpy(ids, halves, sizeof ids + sizeof lengths);
  }
  /// `out` has room for kMaxPacked.
  void unpack(std::int32_t* out) const noexcept {
    std::uint64_t halves[2] = {0, 0};
    std::memcpy(halves, ids, sizeof ids + sizeof lengths);
    for (unsigned i = 0; i < n; ++i) out[i] = static_cast<std::int32_t>(halves[i / 3] >> (i % 3 * kIdBits) & ((1U << kIdBits) - 1));
  }

 private:
  static constexpr std::size_t kPacked = 0x80;
};

/// A number to find a word by; its high bits are the best.
inline std::uint64_t hash_of_word(std::uint64_t low, std::uint64_t high) noexcept {
  return (low ^ std::rotl(high * 0x9E3779B97F4A7C15ULL, 29)) * 0xD6E8FEB86659FD93ULL;
}

/// Words to tokens. Two words share a cache line and a place: one that was met again and the newest, so that words that come once drive
/// out only each other. `Word` fills or halves a cache line and is what CachedWord is: is_of(), holds() and is_free().
template <class Word, unsigned kBits>
class WordTable {
 public:
  static constexpr std::size_t kMaxLength = 16;

  /// The word, or where it is to be put: holds() tells.
  [[nodiscard]] Word& look_up(std::uint64_t low, std::uint64_t high, std::size_t length) noexcept {
    auto& [first, second] = places_[place_of(low, high)].words;
    if (first.is_of(low, high, length)) return first;
    if (second.is_of(low, high, length)) {
      std::swap(first, second);
      return first;
    }
    return first.is_free() ? first : second;
  }
  /// The word, if it is the one of its place that comes first; null if not, which says nothing.
  [[nodiscard]] const Word* first(std::uint64_t low, std::uint64_t high, std::size_t length) const noexcept {
    const Word& word = places_[place_of(low, high)].words[0];
    return word.holds(low, high, length) ? &word : nullptr;
  }
  /// Has the processor fetch what look_up() will read.
  void prefetch(std::uint64_t low, std::uint64_t high) const noexcept { __builtin_prefetch(&places_[place_of(low, high)]); }

 private:
  struct alignas(64) Place {
    Word words[2];
  };
  static std::size_t place_of(std::uint64_t low, std::uint64_t high) noexcept { return hash_of_word(low, high) >> (64 - kBits); }

  // Pages of zeros, which are free words, and which the system gives when they are first touched: large ones for a large table.
  static constexpr std::size_t kBytes = sizeof(Place) << kBits;
  static constexpr std::size_t kLargePage = std::size_t{1} << 21;
  static constexpr bool kIsLarge = kBytes >= 4 * kLargePage;
  static constexpr std::size_t kAlignment = kIsLarge ? kLargePage : alignof(Place);
  struct Freed {
    void operator()(void* memory) const noexcept { std::free(memory); }
  };
  static Place* aligned(void* memory) {
    if (memory == nullptr) throw std::bad_alloc();
    std::size_t room = kBytes + kAlignment;
    std::align(kAlignment, kBytes, memory, room);
    if (kIsLarge) prefer_large_pages({static_cast<std::byte*>(memory), kBytes});
    return static_cast<Place*>(memory);
  }
  std::unique_ptr<void, Freed> memory_{std::calloc(kBytes + kAlignment, 1)};
  Place* places_ = aligned(memory_.get());
};

/// A stretch of a text; `low` and `high` are its bytes where it has at most 16.
struct TextWord {
  std::uint64_t low, high;
  std::size_t begin, end;
  [[nodiscard]] std::size_t length() const noexcept { return end - begin; }
};

// What stays of the first 16 bytes of a word of n bytes.
struct WordMask {
  std::uint64_t low, high;
};
inline constexpr std::array<WordMask, 17> kWordMasks = [] {
  std::array<WordMask, 17> out{};
  for (unsigned n = 0; n < out.size(); ++n)
    out[n] = {first_bytes(~std::uint64_t{0}, n), n <= 8 ? 0 : first_bytes(~std::uint64_t{0}, n - 8)};
  return out;
}();

inline TextWord word_of(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  const WordMask& mask = kWordMasks[std::min<std::size_t>(end - begin, 16)];
  return {load8(text, begin) & mask.low, load8(text, begin + 8) & mask.high, begin, end};
}

using WordCache = WordTable<CachedWord, 14>;  // a megabyte

}  // namespace akin::text
