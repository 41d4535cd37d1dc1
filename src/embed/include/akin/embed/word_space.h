// Named vectors to ask for neighbours and analogies: the words of a file of word vectors, the tokens of a static model, or the tokens of a
// transformer's embedding matrix. The table is read where it lies, in pieces; memory does not grow with it.
// Tested by word_space_test.cc against gensim.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/context.h"

namespace akin {

struct WordHit {
  std::size_t place = 0;  ///< of the word in the table
  std::string word;
  float similarity = 0;  ///< cosine; the product of 3CosMul
};

/// A word of a question.
struct AskedWord {
  std::string word;                  ///< as the table writes it; as it was asked where the vector is made of subwords
  std::optional<std::size_t> place;  ///< nothing for a word that is not in the table
  std::vector<float> vector;
};

enum class AnalogyRule {
  cos_add,  ///< the cosine with the mean of the words' unit vectors, subtracted ones turned round (Mikolov et al., 2013)
  cos_mul,  ///< Π cos(positive) / Π cos(negative), cosines moved to 0 … 1 (Levy & Goldberg, 2014): no single word outweighs the others
};

class WordSpace {
 public:
  /// A file of word vectors, a model folder or a GGUF file. Throws Error naming what was wrong.
  static WordSpace open(const std::filesystem::path& model, Context& context);
  WordSpace(WordSpace&&) noexcept;
  WordSpace& operator=(WordSpace&&) noexcept;
  ~WordSpace();

  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] std::size_t dim() const noexcept;
  /// i < size().
  [[nodiscard]] std::string word(std::size_t i) const;
  /// The vector of word i < size(); out.size() == dim().
  void read(std::size_t i, std::span<float> out) const;
  /// The word as words.h looks it up (in a token table: the one token that it is), else made of its subwords (fastText). Nothing if the
  /// space has no vector for it.
  [[nodiscard]] std::optional<AskedWord> find(std::string_view word) const;

  /// The k words nearest to `vector` by cosine, nearest first; the places of `excluded` are left out. Throws Error{mismatch} for a vector
  /// of another length, Error{invalid_argument} for k = 0, Error{cancelled}.
  [[nodiscard]] std::vector<WordHit> nearest(std::span<const float> vector, std::size_t k, std::span<const std::size_t> excluded,
                                             Context& context) const;

  /// What is to `negative` as the answer is to `positive`: king − man + woman is positive {king, woman}, negative {man}. The words asked
  /// are never among the answers. At least one is positive.
  [[nodiscard]] std::vector<WordHit> analogy(std::span<const AskedWord> positive, std::span<const AskedWord> negative, AnalogyRule rule,
                                             std::size_t k, Context& context) const;

  struct Rows;

 private:
  explicit WordSpace(std::unique_ptr<const Rows> rows);
  std::unique_ptr<const Rows> rows_;
};

}  // namespace akin
