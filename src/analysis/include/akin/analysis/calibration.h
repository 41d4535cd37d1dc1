// From a classifier's scores to probabilities that keep their word: of the rows that get 80 %, about 80 % are right. Fitted on rows that
// the classifier was not trained on. Temperature: one number that scores are divided by before their softmax (Guo et al., 2017). Isotonic:
// for each class a curve that never falls, by pooling adjacent violators (Zadrozny & Elkan, 2002), then brought to a sum of 1. Tested by
// calibration_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

enum class CalibrationKind { none, temperature, isotonic };
/// "none", "temperature", "isotonic".
std::string_view name_of(CalibrationKind kind) noexcept;
/// Throws Error{invalid_argument} listing the names.
CalibrationKind calibration_from(std::string_view name);

/// A function of one number that never falls: straight lines between points, level outside of them.
struct RisingCurve {
  std::vector<float> at;      ///< rising
  std::vector<float> values;  ///< one each, never falling
  [[nodiscard]] float operator()(float x) const;
};
/// The rising curve nearest to the values in squares; equal places share their mean. `values` has one number a place. Throws
/// Error{invalid_argument} for none and for numbers that are not finite.
RisingCurve isotonic_regression(std::span<const float> at, std::span<const float> values);

struct Calibration {
  CalibrationKind kind = CalibrationKind::none;
  double temperature = 1;
  std::vector<RisingCurve> curves;  ///< isotonic: a class
};

/// The temperature with which the softmax of `scores` (n, n_classes) gives the labels the greatest likelihood, 1e-4 – 1e4; a few rows that
/// are all right do not make it certain. Throws
/// Error{mismatch} unless there is a label a row, Error{invalid_argument} for none.
Calibration fit_temperature(MatrixView<const float> scores, std::span<const std::int32_t> labels, Context& context);
/// A curve for each class: how often rows of its score have it.
Calibration fit_isotonic(MatrixView<const float> scores, std::span<const std::int32_t> labels, Context& context);

/// How scores are to be read where no curves are known.
enum class ScoreKind {
  softmax,  ///< probabilities are their softmax
  sigmoid,  ///< each stands for itself: 1 / (1 + e^−score), and sums are left as they are
  shares,   ///< they are probabilities
};

/// Probabilities (n, n_classes). Rows whose curves all say 0 get the same of each class. Throws Error{mismatch} for curves of other
/// classes.
Matrix<float> to_probabilities(MatrixView<const float> scores, ScoreKind kind, const Calibration& calibration, Context& context);

}  // namespace akin
