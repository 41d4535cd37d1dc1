// How well a classifier's answers agree with the truth: accuracy, precision, recall and F1 of each class and of all, confusions, and
// whether its probabilities keep their word. As scikit-learn counts them. Tested by class_scores_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/matrix.h"

namespace akin {

/// Of one class.
struct ClassScore {
  std::size_t n_true = 0;   ///< rows that are of it
  std::size_t n_given = 0;  ///< rows that were said to be
  std::size_t n_right = 0;  ///< both

  [[nodiscard]] double precision() const;  ///< 0 where it was never given
  [[nodiscard]] double recall() const;     ///< 0 where no row is of it
  [[nodiscard]] double f1() const;         ///< 0 where it neither is nor was given
};

struct ClassScores {
  std::vector<ClassScore> each;
  std::size_t n_rows = 0, n_right = 0;

  [[nodiscard]] double accuracy() const;
  /// Mean of the classes that are or were given.
  [[nodiscard]] double macro_f1() const;
  /// Of all classes' counts together: the accuracy where a row has one class.
  [[nodiscard]] double micro_f1() const;
  /// Mean of the classes by their rows.
  [[nodiscard]] double weighted_f1() const;
};

/// One class a row, 0 – n_classes − 1; −1 in `truth` is a class that the classifier does not know: never right. Throws Error{mismatch}
/// for lists of different lengths, Error{invalid_argument} for empty ones and other classes.
ClassScores class_scores(std::span<const std::int32_t> truth, std::span<const std::int32_t> given, std::size_t n_classes);
/// Any number of classes a row, 1 where it has one: (n, n_classes). A row is right where all are.
ClassScores multi_label_scores(MatrixView<const std::uint8_t> truth, MatrixView<const std::uint8_t> given);

/// (n_classes, n_classes): rows of class r that were said to be of class c. As class_scores(); rows of unknown classes are left out.
Matrix<std::uint32_t> confusion_matrix(std::span<const std::int32_t> truth, std::span<const std::int32_t> given, std::size_t n_classes);

/// Rows whose best probability lies in one part of 0 – 1.
struct ReliabilityBin {
  double from = 0, to = 0;  ///< above `from`, up to `to`
  std::size_t n_rows = 0;
  double mean_probability = 0;  ///< what was said; 0 without rows
  double accuracy = 0;          ///< how often it was so
};

struct Reliability {
  std::vector<ReliabilityBin> bins;
  double calibration_error = 0;  ///< ECE: mean distance of the two, by rows (Naeini et al., 2015)
  double log_loss = 0;           ///< mean −ln of the true class's probability, held above 1e-15; of rows of known classes
  double brier = 0;              ///< mean of the squares' sum
};

/// `n_bins` of the same width. Throws as class_scores().
Reliability reliability(MatrixView<const float> probabilities, std::span<const std::int32_t> truth, std::size_t n_bins = 10);

}  // namespace akin
