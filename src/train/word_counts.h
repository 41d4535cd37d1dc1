// How often each word of a corpus is seen. Tested by word_counts_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "akin/base/context.h"
#include "akin/text/tokenizer_template.h"

namespace akin::train {

struct CountedWord {
  std::string text;
  std::uint64_t count = 0;
};

/// How often each character stands in the words, each word as often as it was seen. By code point.
std::map<char32_t, std::uint64_t> count_characters(const std::vector<CountedWord>& words);

class WordCounts {
 public:
  /// The words of `texts`, on all threads. Throws Error{limit} for a word of more than 2²⁰ bytes.
  void add(std::span<const std::string> texts, const TokenizerTemplate& form, Context& context);
  [[nodiscard]] std::uint64_t n_words() const noexcept { return n_words_; }
  [[nodiscard]] std::size_t n_different() const noexcept { return counts_.size(); }
  /// In the order of their bytes, which is that of their code points.
  [[nodiscard]] std::vector<CountedWord> sorted() const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view word) const noexcept { return std::hash<std::string_view>()(word); }
  };
  using Map = std::unordered_map<std::string, std::uint64_t, Hash, std::equal_to<>>;
  static void count(Map& map, std::string_view word, std::uint64_t times);

  Map counts_;
  std::uint64_t n_words_ = 0;
};

}  // namespace akin::train
