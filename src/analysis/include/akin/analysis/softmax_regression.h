// Softmax regression: the probability of each class is the softmax of linear scores, weights are kept small by their squares (multinomial
// logistic regression with an L2 penalty), found by L-BFGS. Rows meet weights by matrix products in float, sums are kept in double.
// Two classes have one set of weights, as usual: the first class's scores are 0. Tested by softmax_regression_test.cc.
#pragma once

#include <cstddef>
#include <span>

#include "akin/analysis/class_labels.h"
#include "akin/analysis/linear_scores.h"
#include "akin/base/context.h"

namespace akin {

struct SoftmaxOptions {
  double c = 1;  ///< how much the rows count against the penalty ‖W‖² / 2: larger trusts them more. > 0
  std::size_t max_iterations = 1000;
  double tolerance = 1e-4;                     ///< ends once no part of the mean loss's gradient is larger
  std::span<const double> class_weights = {};  ///< a class: how much its rows count; empty: 1 each
  const LinearWeights* start = nullptr;        ///< begins here, for an answer near to that of another `c`; null: zeros
};

struct LinearFit {
  LinearWeights linear;
  double loss = 0;  ///< that was brought down: mean of the rows' losses and the penalty
  std::size_t n_iterations = 0;
  bool converged = false;  ///< false: it ended at max_iterations, or floats told no way further down
};

/// O(n · dim · n_classes) an iteration. Takes up to 33 times the weights beside. The result depends on data and options only. Throws
/// Error{invalid_argument} for options out of range, rows that are not finite, one class or a class without rows, Error{mismatch} for
/// labels or weights that are not one each, Error{cancelled}.
LinearFit softmax_regression(const LabelledRows& data, const SoftmaxOptions& options, Context& context);

}  // namespace akin
