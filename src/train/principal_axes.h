// The directions in which rows vary most: eigenvectors of their second moments. Tested by principal_axes_test.cc.
#pragma once

#include <cstddef>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin::train {

/// (n_axes, rows.cols()): unit length, at right angles, most of the sum of squares first; the sign makes the largest number positive.
/// Not centred: products of vectors, not their spread, are what is kept. n_axes ≤ rows.cols(). O(n · d²) + O(d³).
Matrix<float> principal_axes(MatrixView<const float> rows, std::size_t n_axes, Context& context);

}  // namespace akin::train
