// How well scores tell rows of one kind from others, whatever threshold is taken. As scikit-learn counts them. Tested by
// ranking_scores_test.cc.
#pragma once

#include <cstdint>
#include <span>

namespace akin {

/// The share of pairs, one of each kind, in which the row with `truth` 1 has the higher score; equal scores count half: the area under the
/// ROC curve. Throws Error{mismatch} for lists of different lengths, Error{invalid_argument} unless both kinds are there and scores are
/// numbers.
double roc_auc(std::span<const double> scores, std::span<const std::uint8_t> truth);

/// Mean over the rows with `truth` 1, by falling scores, of the share of such rows so far; rows of one score come together. Throws as
/// roc_auc(), but for a missing other kind.
double average_precision(std::span<const double> scores, std::span<const std::uint8_t> truth);

}  // namespace akin
