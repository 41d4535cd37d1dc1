// What the fast paths share: words of up to 16 bytes as two numbers, and a cache from such words to tokens. Tested by word_cache_test.cc.
#pragma once

#include <algorithm>
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

inline std::uint64_t first_bytes(std::uint64_t bytes, unsigned n) noexcept {
  return n >= 8 ? bytes : bytes & ((std::uint64_t{1} << (8 * n)) - 1);
}

/// A word of at most 16 bytes with its tokens; 32 bytes, so that two share a cache line and none straddles one.
struct alignas(32) CachedWord {
  std::uint64_t low = 0;  ///< the bytes, zero behind the end
  std::uint64_t high = 0;
  std::int32_t ids[3] = {0, 0, 0};
  std::uint8_t length = 0;  ///< of the word; 0: the place is free
  std::uint8_t n = 0;
  std::uint8_t lengths[2] = {0, 0};  ///< of all tokens but the last

  [[nodiscard]] bool holds(std::uint64_t l, std::uint64_t h, std::size_t word_length) const noexcept {
    return low == l && high == h && length == word_length;
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
};

/// A number to find a word by; its high bits are the best.
inline std::uint64_t hash_of_word(std::uint64_t low, std::uint64_t high) noexcept {
  return (low ^ std::rotl(high * 0x9E3779B97F4A7C15ULL, 29)) * 0xD6E8FEB86659FD93ULL;
}

/// Words to tokens. Two words share a cache line and a place: one that was met again and the newest, so that words that come once drive
/// out only each other. `Word` has 32 bytes and is what CachedWord is: holds() and is_free().
template <class Word, unsigned kBits>
class WordTable {
 public:
  static constexpr std::size_t kMaxLength = 16;

  /// The word, or where it is to be put: holds() tells.
  [[nodiscard]] Word& look_up(std::uint64_t low, std::uint64_t high, std::size_t length) noexcept {
    auto& [first, second] = places_[place_of(low, high)].words;
    if (first.holds(low, high, length)) return first;
    if (second.holds(low, high, length)) {
      std::swap(first, second);
      return first;
    }
    return first.is_free() ? first : second;
  }
  [[nodiscard]] bool has(std::uint64_t low, std::uint64_t high, std::size_t length) const noexcept {
    const auto& [first, second] = places_[place_of(low, high)].words;
    return first.holds(low, high, length) || second.holds(low, high, length);
  }
  /// Has the processor fetch what look_up() will read.
  void prefetch(std::uint64_t low, std::uint64_t high) const noexcept { __builtin_prefetch(&places_[place_of(low, high)]); }

 private:
  struct alignas(64) Place {
    Word words[2];
  };
  static_assert(sizeof(Place) == 64);
  static std::size_t place_of(std::uint64_t low, std::uint64_t high) noexcept { return hash_of_word(low, high) >> (64 - kBits); }

  // Pages of zeros, which are free words, and which the system gives when they are first touched.
  static constexpr std::size_t kBytes = sizeof(Place) << kBits;
  struct Freed {
    void operator()(void* memory) const noexcept { std::free(memory); }
  };
  static Place* aligned(void* memory) {
    if (memory == nullptr) throw std::bad_alloc();
    std::size_t room = kBytes + sizeof(Place);
    return static_cast<Place*>(std::align(sizeof(Place), kBytes, memory, room));
  }
  std::unique_ptr<void, Freed> memory_{std::calloc(kBytes + sizeof(Place), 1)};
  Place* places_ = aligned(memory_.get());
};

/// A stretch of a text; `low` and `high` are its bytes where it has at most 16.
struct TextWord {
  std::uint64_t low, high;
  std::size_t begin, end;
  [[nodiscard]] std::size_t length() const noexcept { return end - begin; }
};

inline TextWord word_of(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  const auto length = static_cast<unsigned>(std::min<std::size_t>(end - begin, 16));
  return {first_bytes(load8(text, begin), length), length <= 8 ? 0 : first_bytes(load8(text, begin + 8), length - 8), begin, end};
}

/// Cuts what stands from `at` on into words, next(at) being the end of the one at `at`, and gives each to use(). A block of them is cut off
/// before the first is used, so that the cache's lines are fetched meanwhile; miss() is told of those that it does not hold, before them
/// all.
template <class Cache, class Next, class Miss, class Use>
inline void for_each_word(std::string_view text, std::size_t at, const Cache& cache, Next&& next, Miss&& miss, Use&& use) {
  TextWord words[32];
  while (at < text.size()) {
    std::size_t n = 0;
    for (; n < std::size(words) && at < text.size(); ++n) {
      words[n] = word_of(text, at, next(at));
      cache.prefetch(words[n].low, words[n].high);
      at = words[n].end;
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (!cache.has(words[i].low, words[i].high, words[i].length())) miss(words[i]);
    }
    for (std::size_t i = 0; i < n; ++i) use(words[i]);
  }
}

using WordCache = WordTable<CachedWord, 14>;  // a megabyte

}  // namespace akin::text
