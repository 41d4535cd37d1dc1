// Tokenizers learned from a corpus: BPE (Sennrich et al., 2016), WordPiece (the same merges, pieces that continue a word marked) and
// Unigram (Kudo, 2018). The same bytes on any number of threads. Reference: the trainers of Hugging Face tokenizers, with whose results
// BPE's and WordPiece's are equal; where those depend on the order of a hash table (which of equally frequent pairs comes first when
// pieces continue a word; sums of Unigram's last bits), akin goes by the order of code points. Tested by tokenizer_trainer_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "akin/base/context.h"
#include "akin/text/tokenizer_template.h"

namespace akin {

struct TokenizerTrainerOptions {
  std::size_t vocabulary_size = 30000;  ///< pieces wanted, special tokens and alphabet counted; fewer come out of a small corpus
  std::uint64_t min_frequency = 2;      ///< bpe, wordpiece: a pair seen less often is not merged
  std::size_t limit_alphabet = 0;       ///< bpe, wordpiece: the rarest characters above this many are left out; 0 = keep all
  std::size_t max_piece_chars = 16;     ///< unigram: longest piece
  std::size_t seed_size = 1000000;      ///< unigram: candidates to begin with
  double shrinking_factor = 0.75;       ///< unigram: pieces kept by a pruning. In (0, 1)
  int n_sub_iterations = 2;             ///< unigram: rounds of expectation and maximisation between two prunings. ≥ 1
};

/// What was learned, and from what.
struct TrainedTokenizer {
  std::string json;  ///< a whole tokenizer.json
  std::size_t vocabulary_size = 0;
  std::size_t n_merges = 0;
};

class TokenizerTrainer {
 public:
  /// Throws Error{invalid_argument} for options out of range.
  TokenizerTrainer(TokenizerTemplate form, const TokenizerTrainerOptions& options);
  TokenizerTrainer(TokenizerTrainer&&) noexcept;
  TokenizerTrainer& operator=(TokenizerTrainer&&) noexcept;
  ~TokenizerTrainer();

  /// Counts the words of some texts; the order and the cut into calls do not matter. Memory grows with the number of different words.
  /// Throws Error{limit} for a word of more than 2²⁰ bytes (a template that does not cut words is not for long texts), Error{cancelled}.
  void add(std::span<const std::string> texts, Context& context);
  [[nodiscard]] std::uint64_t n_words() const noexcept;
  [[nodiscard]] std::size_t n_different_words() const noexcept;

  /// Throws Error{invalid_argument} if nothing was added or the vocabulary has no room for special tokens and alphabet, Error{cancelled}.
  [[nodiscard]] TrainedTokenizer train(Context& context) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace akin
