// Labels for texts from a classifier in fastText's format, .bin or .ftz (Joulin et al., 2016): a text is the mean of the rows of its words
// and n-grams, and the labels are scored by softmax, along a Huffman tree, or each on its own. Trained by train_classifier() or by
// fastText. Tested by text_classifier_test.cc against fastText's own answers.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/context.h"

namespace akin {

inline constexpr std::string_view kLabelPrefix = "__label__";

struct LabelGuess {
  std::size_t label = 0;
  float probability = 0;  ///< in [0, 1]; over all labels they sum to 1, unless each is on its own
};

/// What is asked of a text.
struct LabelQuestion {
  std::size_t k = 1;    ///< at most so many labels; 0: all
  float threshold = 0;  ///< only those at least as probable
};

/// Immutable; any number of threads may ask.
class TextClassifier {
 public:
  /// Labels are words that begin with `label_prefix`. Throws Error{not_found}, Error{io}, Error{corrupt}, and Error{unsupported} for a
  /// model that knows no labels.
  explicit TextClassifier(const std::filesystem::path& file, std::string_view label_prefix = kLabelPrefix);
  ~TextClassifier();
  TextClassifier(TextClassifier&&) noexcept;
  TextClassifier& operator=(TextClassifier&&) noexcept;

  /// By falling count in the training text, without the prefix; malformed UTF-8 is replaced.
  [[nodiscard]] const std::vector<std::string>& labels() const noexcept;
  [[nodiscard]] std::size_t dim() const noexcept;
  [[nodiscard]] std::size_t n_words() const noexcept;
  [[nodiscard]] bool quantized() const noexcept;
  /// "softmax", "hierarchical softmax", "one-vs-all".
  [[nodiscard]] std::string_view loss() const noexcept;

  struct Answer {
    std::vector<LabelGuess> guesses;  ///< the most probable first, equals in the order of labels(); empty for a text without known words
    std::size_t n_rows = 0;           ///< words, parts of words and n-grams that the classifier knows
    std::vector<std::size_t> named;   ///< labels that the text itself names: the truth, in a file for tests
  };
  /// The probabilities are fastText's, but for what it adds on the way: 1e-5 to each (and at each step down a tree), and the steps of 1/32
  /// of its table of sigmoids.
  [[nodiscard]] Answer answer(std::string_view text, const LabelQuestion& question) const;
  /// For many, on all threads: in order, the same bits as alone. Throws Error{cancelled}.
  [[nodiscard]] std::vector<Answer> answer(std::span<const std::string> texts, const LabelQuestion& question, Context& context) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// True for a file that begins like a classifier in fastText's format.
bool is_text_classifier(const std::filesystem::path& file);

}  // namespace akin
