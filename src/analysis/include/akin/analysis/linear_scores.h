// What linear classifiers say of a row: x · Wᵀ + b, a number a class. Tested by linear_scores_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

/// Found by softmax_regression(), linear_svm() and nearest_centroid().
struct LinearWeights {
  Matrix<float> weights;    ///< (n_classes, dim)
  std::vector<float> bias;  ///< of each class
};

/// (n, n_classes). A row has the same bits in any company and on any number of threads. Throws Error{mismatch} if rows and weights are not
/// equally wide, Error{cancelled}.
Matrix<float> linear_scores(MatrixView<const float> rows, const LinearWeights& linear, Context& context);

/// The first of the largest numbers of each row.
std::vector<std::int32_t> best_columns(MatrixView<const float> scores);

}  // namespace akin
