// From a word to its place in a table, in about six bytes a word: open addressing over places, the words themselves lie elsewhere.
// Tested by word_index_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace akin {

class WordIndex {
 public:
  /// Takes the words, which must outlive it (what they point at, not the vector). Of equal words the first is found. < 2^32 − 1 words.
  explicit WordIndex(std::vector<std::string_view> words = {});

  [[nodiscard]] std::size_t size() const noexcept { return words_.size(); }
  [[nodiscard]] std::string_view word(std::size_t i) const noexcept { return words_[i]; }
  [[nodiscard]] std::optional<std::size_t> find(std::string_view word) const noexcept;
  /// Places of words that an earlier place has too, rising.
  [[nodiscard]] const std::vector<std::size_t>& duplicates() const noexcept { return duplicates_; }

 private:
  [[nodiscard]] std::size_t slot_of(std::string_view word) const noexcept;

  std::vector<std::string_view> words_;
  std::vector<std::uint32_t> slots_;  // place + 1; 0: free
  std::vector<std::size_t> duplicates_;
};

}  // namespace akin
