// A tokenizer without its vocabulary: how a text is normalised and cut into words, and what stands around the tokens. Training fills it.
// Its form is the tokenizer.json of Hugging Face tokenizers. Tested by tokenizer_template_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "akin/text/tokenizer.h"

namespace akin {

enum class TokenizerKind {
  bpe,         ///< byte pair encoding
  word_piece,  ///< BERT's
  unigram,     ///< SentencePiece's language model of pieces
};

/// What training learns. Which of the lists are used depends on the kind.
struct TrainedVocabulary {
  std::vector<std::string> pieces;                            ///< index = id; special tokens included
  std::vector<std::pair<std::int32_t, std::int32_t>> merges;  ///< bpe: ids of the two parts, first learned first
  std::vector<double> scores;                                 ///< unigram: natural logarithm of a piece's probability, one a piece
};

class TokenizerTemplate {
 public:
  /// GPT-2's: every byte is a character, words as GPT-2 cuts them; "<|endoftext|>".
  static TokenizerTemplate byte_level_bpe();
  /// BERT's: [PAD] [UNK] [CLS] [SEP] [MASK]; a text becomes "[CLS] … [SEP]".
  static TokenizerTemplate bert(bool lowercase);
  /// SentencePiece's usual one: NFKC, words with "▁" before them; <unk> <s> </s>; a text becomes "… </s>".
  static TokenizerTemplate sentence_piece();
  /// The template of a tokenizer.json: all but its vocabulary. Its special tokens stay, first and in their order. Throws Error{corrupt},
  /// Error{unsupported} (a kind that cannot be trained) naming `name`.
  static TokenizerTemplate from_json(std::string_view json, const std::string& name);

  TokenizerTemplate(TokenizerTemplate&&) noexcept;
  TokenizerTemplate& operator=(TokenizerTemplate&&) noexcept;
  ~TokenizerTemplate();

  [[nodiscard]] TokenizerKind kind() const noexcept;
  /// The first ids of every vocabulary for this template.
  [[nodiscard]] const std::vector<std::string>& special_tokens() const noexcept;
  /// Characters that belong to the vocabulary whether they are seen or not: the 256 of a byte-level tokenizer, else none. Ascending.
  [[nodiscard]] const std::vector<char32_t>& initial_alphabet() const noexcept;
  /// What stands before a piece that does not begin a word ("##") and behind one that ends it ("</w>"); empty if nothing does.
  [[nodiscard]] const std::string& continuing_prefix() const noexcept;
  [[nodiscard]] const std::string& word_suffix() const noexcept;

  /// Calls take(word) for each word of a text: normalised, cut, valid UTF-8, not empty. Safe from several threads at once.
  template <class Take>
  void split(std::string_view text, Take&& take) const {
    std::string normalized;
    std::vector<std::pair<std::size_t, std::size_t>> words;
    split_into(text, normalized, words);
    for (const auto& [begin, end] : words) take(std::string_view(normalized).substr(begin, end - begin));
  }

  /// The whole tokenizer.json. Throws Error{invalid_argument} if the vocabulary lacks a special token or its lists do not fit the kind.
  [[nodiscard]] std::string fill(const TrainedVocabulary& vocabulary) const;

 private:
  struct Impl;
  explicit TokenizerTemplate(std::unique_ptr<const Impl> impl);
  void split_into(std::string_view text, std::string& normalized, std::vector<std::pair<std::size_t, std::size_t>>& words) const;
  std::unique_ptr<const Impl> impl_;
};

/// The tokenizer.json of a WordPiece tokenizer, for vocabularies that came another way (vocab.txt, GGUF). Throws Error{invalid_argument} if
/// the pieces lack a special token that `parts` name.
std::string tokenizer_json(const WordPieceParts& parts);

}  // namespace akin
