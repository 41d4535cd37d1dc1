// Words, numbered in the order in which they first came, and how often each came. About forty bytes a word. Private.
// Tested by word_counter_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace akin {

class WordCounter {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;

  WordCounter();
  /// The word's number; its count grows by `times`. Throws Error{limit} past 2^31 words.
  std::uint32_t add(std::string_view word, std::uint64_t times = 1);
  /// kNone for a word that never came.
  [[nodiscard]] std::uint32_t find(std::string_view word) const noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return counts_.size(); }
  [[nodiscard]] std::string_view word(std::size_t i) const noexcept {
    return std::string_view(letters_).substr(ends_[i], ends_[i + 1] - ends_[i]);
  }
  [[nodiscard]] std::uint64_t count(std::size_t i) const noexcept { return counts_[i]; }
  /// Forgets all words and keeps the memory.
  void clear() noexcept;

 private:
  struct Slot {
    std::uint32_t tag = 0;     // bits of the hash: most other words are told apart without a look at their letters
    std::uint32_t number = 0;  // plus one; 0 for a free slot
  };

  [[nodiscard]] std::size_t slot_of(std::string_view word, std::uint64_t hash) const noexcept;
  void grow();

  std::vector<Slot> slots_;
  std::string letters_;
  std::vector<std::uint64_t> ends_{0};  // word i is letters_[ends_[i], ends_[i + 1])
  std::vector<std::uint64_t> counts_;
};

}  // namespace akin
