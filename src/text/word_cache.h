// What the fast paths share: words of up to 16 bytes as two numbers, a cache from such words to tokens, and a pool of scratch memory.
// Tested by word_cache_test.cc.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <mutex>
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

/// Words to tokens, each word in one place: a newer one drives an older one out.
class WordCache {
 public:
  static constexpr unsigned kBits = 15;  // a megabyte: measured a tenth faster than half of it, with a second-level cache of 1 MB
  static constexpr std::size_t kMaxLength = 16;

  /// Where the word is or would be.
  [[nodiscard]] CachedWord& place_of(std::uint64_t low, std::uint64_t high) noexcept {
    return words_[hash_of_word(low, high) >> (64 - kBits)];
  }

 private:
  std::vector<CachedWord> words_ = std::vector<CachedWord>(std::size_t{1} << kBits);
};

/// Scratch memory for any number of threads: taken from what others gave back, or made.
template <class Scratch>
class ScratchPool {
 public:
  ScratchPool() { free_.reserve(64); }

  class Lease {
   public:
    explicit Lease(ScratchPool& pool) : pool_(pool) {
      {
        const std::lock_guard lock(pool.mutex_);
        if (!pool.free_.empty()) {
          scratch_ = std::move(pool.free_.back());
          pool.free_.pop_back();
        }
      }
      if (!scratch_) scratch_ = std::make_unique<Scratch>();
    }
    ~Lease() {
      const std::lock_guard lock(pool_.mutex_);
      if (pool_.free_.size() < pool_.free_.capacity()) pool_.free_.push_back(std::move(scratch_));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    [[nodiscard]] Scratch& get() noexcept { return *scratch_; }

   private:
    ScratchPool& pool_;
    std::unique_ptr<Scratch> scratch_;
  };

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Scratch>> free_;
};

}  // namespace akin::text
