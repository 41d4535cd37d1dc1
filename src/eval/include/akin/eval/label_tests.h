// How well a classifier of texts finds the labels that people gave. Tested by label_tests_test.cc against fastText's own figures.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "akin/base/context.h"
#include "akin/embed/text_classifier.h"

namespace akin {

/// Labels given, found, and both: of one label or of all.
struct LabelCounts {
  std::size_t n_named = 0;    ///< by the lines
  std::size_t n_guessed = 0;  ///< by the classifier
  std::size_t n_right = 0;

  [[nodiscard]] double precision() const;  ///< of the guesses, how many are right; 0 without any
  [[nodiscard]] double recall() const;     ///< of the labels named, how many are guessed
  [[nodiscard]] double f1() const;
};

struct LabelScores {
  std::size_t n_lines = 0;             ///< with a label and a word that the classifier knows
  std::size_t n_left_out = 0;          ///< other lines that are not empty
  LabelCounts all;                     ///< with k = 1 and one label a line, precision and recall are both the accuracy
  std::vector<LabelCounts> each = {};  ///< in the order of the classifier's labels
};

/// `path`: lines as they are learnt from, with their labels in them; .gz is unpacked. Labels that the classifier does not know count for
/// nothing, as in fastText's own test. Throws Error{not_found}, Error{io}, Error{invalid_argument} if no line has a label that it knows,
/// Error{cancelled}.
LabelScores evaluate_classifier(const TextClassifier& classifier, const std::filesystem::path& path, const LabelQuestion& question,
                                Context& context);

}  // namespace akin
