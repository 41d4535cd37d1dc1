// fastText's .bin: arguments, dictionary, and the input matrix of words and subwords (Bojanowski et al., 2017), dense or product-quantised
// (.ftz; Joulin et al., 2016). A word's vector is the mean of its own row and those of its character n-grams, which are found by hashing
// (FNV-1a over signed bytes) into buckets. The output matrix is not read. The rules that are checked: docs/formats/word-vectors.md.
// Tested by fasttext_test.cc against fastText's own vectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/formats/word_vectors.h"

namespace akin {

/// What the file says about its training; names as fastText's.
struct FastTextArgs {
  std::int32_t dim = 0, ws = 5, epoch = 5, min_count = 5, neg = 5, word_ngrams = 1;
  std::int32_t loss = 2;   ///< 1 hierarchical softmax, 2 negative sampling, 3 softmax, 4 one-vs-all
  std::int32_t model = 2;  ///< 1 CBOW, 2 skip-gram, 3 supervised
  std::int32_t bucket = 2000000, minn = 3, maxn = 6, lr_update_rate = 100;
  double t = 1e-4;
};

class FastTextModel : public WordVectors {
 public:
  [[nodiscard]] virtual const FastTextArgs& args() const noexcept = 0;
  [[nodiscard]] virtual std::span<const std::string_view> labels() const noexcept = 0;
  [[nodiscard]] virtual bool quantized() const noexcept = 0;
  /// Rows of the input matrix that make up a word: its own, if it has one, and those of its n-grams, in fastText's order.
  [[nodiscard]] virtual std::vector<std::int32_t> subwords(std::string_view word) const = 0;
};

/// `name` stands for the file in messages; the bytes must outlive the result. Files of before 2017, without magic number, are read too.
std::unique_ptr<FastTextModel> view_fasttext(std::span<const std::byte> bytes, const std::filesystem::path& name);

/// fastText's hash of an n-gram.
std::uint32_t fasttext_hash(std::string_view ngram) noexcept;

/// The buckets of a word's character n-grams ("<" and ">" put around it), in fastText's order. `</s>` has none. bucket > 0.
void fasttext_ngrams(std::string_view word, std::int32_t minn, std::int32_t maxn, std::int32_t bucket, std::vector<std::int32_t>& out);

struct FastTextParts {
  FastTextArgs args;
  std::vector<std::string> words;    ///< by falling count
  std::vector<std::int64_t> counts;  ///< one a word
  std::int64_t n_tokens = 0;         ///< of the training text
  /// Gives row i of the input matrix, (words + buckets, dim), as it is written: the whole need not be in memory.
  std::function<void(std::size_t row, std::span<float> out)> input;
  MatrixView<const float> output;  ///< (words, dim); of hierarchical softmax, the inner nodes and an unused row
};
/// A file of version 12 that fastText and gensim read. Throws Error{invalid_argument} for parts that do not fit together.
void write_fasttext(const std::filesystem::path& path, const FastTextParts& parts);

}  // namespace akin
