// A few rows on a plane: the two directions in which they vary most (principal component analysis, Pearson 1901), for pictures of chosen
// words. Tested by principal_plane_test.cc.
#pragma once

#include "akin/base/matrix.h"

namespace akin {

/// (rows.rows(), 2): each row less the mean of all, along the first and the second direction; the sign makes the largest number of a
/// direction positive. A direction that the rows do not have (two of them, equal ones) is 0. The same on any machine to rounding. Throws
/// Error{invalid_argument} for numbers that are not finite. O(n² · d): for thousands of rows, not for millions.
Matrix<double> principal_plane(MatrixView<const float> rows);

}  // namespace akin
