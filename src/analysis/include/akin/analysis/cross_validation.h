// Parts of the rows that are held out in turn, so that a classifier is judged by rows that it was not trained on.
// Tested by cross_validation_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "akin/analysis/class_labels.h"
#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

/// In the fold of no part: the only row of its class, which is trained on always, so that every class is known in every part.
inline constexpr std::int32_t kNeverHeldOut = -1;

/// The part, 0 – n_folds − 1, that each row is held out in: rows of a class are shuffled by `seed` and dealt out, so that parts are alike.
/// Throws Error{invalid_argument} for less than two parts, and where no class has two rows.
std::vector<std::int32_t> stratified_folds(std::span<const std::int32_t> labels, std::size_t n_classes, std::size_t n_folds,
                                           std::uint64_t seed);

/// Scores of `held_out` rows by a classifier trained on `trained`.
using FoldScores = std::function<Matrix<float>(const LabelledRows& trained, MatrixView<const float> held_out, std::size_t fold)>;

/// Scores of every row that is ever held out, by the classifier that did not know it. Costs a copy of the rows.
struct HeldOutScores {
  Matrix<float> scores;
  std::vector<std::int32_t> labels;
  [[nodiscard]] double accuracy() const;  ///< share of rows whose best score is their label's
};
HeldOutScores held_out_scores(const LabelledRows& data, std::span<const std::int32_t> folds, const FoldScores& score, Context& context);

}  // namespace akin
