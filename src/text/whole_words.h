// The pieces of a byte-level vocabulary as words of up to 16 bytes: is a word a token as a whole? Whether merges lead to the piece is
// known from the order of merges, or else worked out when the word is first met and then remembered. Tested by whole_words_test.cc.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "bpe.h"
#include "word_cache.h"

namespace akin::text {

class WholeWords {
 public:
  enum class State : std::uint8_t { unknown, whole, parts };
  /// A word of the vocabulary. Its state may be set by any number of threads: all come to the same.
  struct alignas(32) Word {
    std::uint64_t low = 0;  // the bytes, zero behind the end
    std::uint64_t high = 0;
    std::int32_t id = -1;
    std::uint8_t length = 0;
    mutable std::atomic<State> state = State::unknown;
  };

  explicit WholeWords(const Bpe& model);

  /// Null if the word is no piece.
  [[nodiscard]] const Word* find(std::uint64_t low, std::uint64_t high, std::size_t length) const noexcept {
    const std::uint64_t hash = hash_of_word(low, high);
    for (std::size_t at = hash >> shift_; tags_[at] != 0; at = (at + 1) & mask_) {
      if (tags_[at] != tag_of(hash)) continue;
      const Word& word = words_[at];
      if (word.low == low && word.high == high && word.length == length) return &word;
    }
    return nullptr;
  }

 private:
  static std::uint16_t tag_of(std::uint64_t hash) noexcept { return static_cast<std::uint16_t>(hash >> 16 | 1); }

  std::unique_ptr<Word[]> words_;
  std::vector<std::uint16_t> tags_;  // 0: the place is free. Words that are no pieces, the most that are asked for, end here
  std::size_t mask_ = 0;
  unsigned shift_ = 0;
};

}  // namespace akin::text
