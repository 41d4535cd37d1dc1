// The pieces of a byte-level vocabulary as words of up to 16 bytes: is a word a token as a whole? Whether merges lead to the piece is
// worked out when the word is first met and then remembered. Tested by whole_words_test.cc.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

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
    std::int32_t id = -1;  // −1: the place is free
    std::uint8_t length = 0;
    mutable std::atomic<State> state = State::unknown;
  };

  explicit WholeWords(const Bpe& model);

  /// Null if the word is no piece.
  [[nodiscard]] const Word* find(std::uint64_t low, std::uint64_t high, std::size_t length) const noexcept {
    for (std::size_t at = place_of(low, high);; at = (at + 1) & mask_) {
      const Word& word = words_[at];
      if (word.id < 0) return nullptr;
      if (word.low == low && word.high == high && word.length == length) return &word;
    }
  }

 private:
  [[nodiscard]] std::size_t place_of(std::uint64_t low, std::uint64_t high) const noexcept { return hash_of_word(low, high) >> shift_; }

  std::unique_ptr<Word[]> words_;
  std::size_t mask_ = 0;
  unsigned shift_ = 0;
};

}  // namespace akin::text
