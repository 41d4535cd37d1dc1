// Different rows drawn from many. Tested by row_sample_test.cc.
#pragma once

#include <cstddef>

#include "akin/base/matrix.h"
#include "akin/base/rng.h"

namespace akin::analysis {

/// `n` ≤ rows.rows() different rows, each set of them as likely, in the order that they had.
Matrix<float> draw_rows(MatrixView<const float> rows, std::size_t n, Rng& rng);

}  // namespace akin::analysis
