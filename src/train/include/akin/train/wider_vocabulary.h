// A WordPiece tokenizer with whole words of a corpus added, so that a static model has a vector for each of them in place of the mean of
// their pieces: "spinnaker", not "spin", "##nak", "##er". Tested by wider_vocabulary_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "akin/base/context.h"

namespace akin {

class WiderVocabulary {
 public:
  /// `tokenizer_json`: a tokenizer.json; `name` stands for it in messages. Throws Error{unsupported} for another kind than WordPiece,
  /// Error{corrupt}.
  WiderVocabulary(std::string tokenizer_json, const std::string& name);
  ~WiderVocabulary();
  WiderVocabulary(WiderVocabulary&&) noexcept;
  WiderVocabulary& operator=(WiderVocabulary&&) noexcept;

  /// Counts words as the tokenizer cuts them. Memory: the different words.
  void add(std::span<const std::string> texts, Context& context);
  /// tokenizer.json with the `n_words` most frequent words that are no pieces yet, and were seen `min_count` times or more, behind all
  /// others (fewer if there are no more); equal counts by their bytes. Words of one character, and longer ones than the tokenizer takes
  /// (max_input_chars_per_word), stay as they are.
  [[nodiscard]] std::string tokenizer_json(std::size_t n_words, std::uint64_t min_count = 5) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace akin
