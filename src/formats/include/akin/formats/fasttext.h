// fastText's .bin: arguments, dictionary, and the input matrix of words and subwords (Bojanowski et al., 2017), dense or product-quantised
// (.ftz; Joulin et al., 2016). A word's vector is the mean of its own row and those of its character n-grams, which are found by hashing
// (FNV-1a over signed bytes) into buckets. Classifiers (Joulin et al., 2016: "Bag of tricks") have labels and an output matrix beside; of
// other models it is not read. The rules that are checked: docs/formats/word-vectors.md.
// Tested by fasttext_test.cc against fastText's own vectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
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

/// What fastText calls the end of a line: a word of its own, at the end of every line.
inline constexpr std::string_view kFastTextEnd = "</s>";

/// A line of text as a classifier takes it: the rows of its words, of their parts, and of the n-grams of words; the labels that it names
/// itself, which are no words. Words that begin with the prefix of labels but are none are left out.
struct FastTextLine {
  std::vector<std::int32_t> rows, labels;
};

class FastTextModel : public WordVectors {
 public:
  [[nodiscard]] virtual const FastTextArgs& args() const noexcept = 0;
  [[nodiscard]] virtual std::span<const std::string_view> labels() const noexcept = 0;
  [[nodiscard]] virtual bool quantized() const noexcept = 0;
  [[nodiscard]] virtual std::span<const std::int64_t> label_counts() const noexcept = 0;
  /// Of a classifier (args().model is 3): what a line of text is to it.
  virtual void read_line(std::string_view text, std::string_view label_prefix, FastTextLine& out) const = 0;
  /// out += that row of the input matrix, of the output matrix (a row a label; of hierarchical softmax, the inner nodes). dim() numbers.
  virtual void add_input(std::size_t row, std::span<float> out) const noexcept = 0;
  virtual void add_output(std::size_t row, std::span<float> out) const noexcept = 0;
  /// Rows of the input matrix that make up a word: its own, if it has one, and those of its n-grams, in fastText's order.
  [[nodiscard]] virtual std::vector<std::int32_t> subwords(std::string_view word) const = 0;
};

/// `name` stands for the file in messages; the bytes must outlive the result. Files of before 2017, without magic number, are read too.
std::unique_ptr<FastTextModel> view_fasttext(std::span<const std::byte> bytes, const std::filesystem::path& name);

/// Whether bytes that begin a file say that it is a classifier: kFastTextHead of them are enough to tell.
inline constexpr std::size_t kFastTextHead = 8 + 12 * 4;
bool is_fasttext_classifier(std::span<const std::byte> head) noexcept;

/// fastText's hash of an n-gram.
std::uint32_t fasttext_hash(std::string_view ngram) noexcept;

/// The buckets of a word's character n-grams ("<" and ">" put around it), in fastText's order. `</s>` has none. bucket > 0.
void fasttext_ngrams(std::string_view word, std::int32_t minn, std::int32_t maxn, std::int32_t bucket, std::vector<std::int32_t>& out);

/// Calls visit(word) for what stands between white space (NUL counted as such), and at last for "</s>", which also ends the line where the
/// text has it.
template <class Visit>
void for_each_fasttext_word(std::string_view text, Visit&& visit) {
  constexpr std::string_view kSpace("\0 \t\n\v\f\r", 7);
  for (std::size_t at = text.find_first_not_of(kSpace); at != std::string_view::npos; at = text.find_first_not_of(kSpace, at)) {
    const std::string_view word = text.substr(at, text.find_first_of(kSpace, at) - at);
    if (word == kFastTextEnd) break;
    visit(word);
    at += word.size();
  }
  visit(kFastTextEnd);
}

/// Calls visit(bucket) for each run of 2 to n words of a line, given by their hashes, in fastText's order. bucket > 0.
template <class Visit>
void fasttext_word_ngrams(std::span<const std::uint32_t> hashes, std::int32_t n, std::int32_t bucket, Visit&& visit) {
  const auto widened = [&](std::size_t i) { return static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(hashes[i])}); };
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    std::uint64_t h = widened(i);
    for (std::size_t j = i + 1; j < hashes.size() && j < i + static_cast<std::size_t>(n); ++j) {
      h = h * 116049371U + widened(j);
      visit(static_cast<std::uint32_t>(h % static_cast<std::uint64_t>(bucket)));
    }
  }
}

/// A matrix by product quantisation (Jégou et al., 2011; Joulin et al., 2016: "FastText.zip"): a row is cut into parts, each is one of 256.
struct FastTextCodes {
  std::size_t rows = 0, dim = 0, part = 2;  ///< part: numbers in each; the last may have fewer
  std::vector<std::uint8_t> codes = {};          ///< (rows, parts)
  std::vector<float> centroids = {};             ///< dim · 256: those of the first part, one after another, then those of the second, …
  std::vector<std::uint8_t> norm_codes = {};     ///< one a row, or none: the rows have length 1 and are scaled by norms[code]
  std::vector<float> norms = {};                 ///< 256, or none
};

struct FastTextParts {
  FastTextArgs args;
  std::vector<std::string> words;    ///< by falling count
  std::vector<std::int64_t> counts;  ///< one a word
  std::int64_t n_tokens = 0;         ///< of the training text
  /// Gives row i of the input matrix, (words + buckets, dim), as it is written: the whole need not be in memory.
  std::function<void(std::size_t row, std::span<float> out)> input;
  MatrixView<const float> output;  ///< (words, or labels of a classifier; dim); of hierarchical softmax, the inner nodes and an unused row
  // Of classifiers:
  std::vector<std::string> labels = {};  ///< by falling count, with their prefix
  std::vector<std::int64_t> label_counts = {};
  std::optional<FastTextCodes> input_codes = {};               ///< instead of `input`: a .ftz
  std::optional<FastTextCodes> output_codes = {};              ///< instead of `output`, in a .ftz
  std::optional<std::vector<std::int32_t>> kept_buckets = {};  ///< in a .ftz: bucket b is row words + (its place here), others have none
};
/// A file of version 12 that fastText and gensim read. Throws Error{invalid_argument} for parts that do not fit together.
void write_fasttext(const std::filesystem::path& path, const FastTextParts& parts);

}  // namespace akin
