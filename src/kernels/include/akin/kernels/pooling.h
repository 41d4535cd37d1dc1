// Many rows → one: sums run over the rows in order, so the result depends on the rows alone. Tested by pooling_test.cc.
#pragma once

#include <span>

#include "akin/base/matrix.h"

namespace akin::kernels {

/// out = mean of the rows. rows.rows() > 0, out.size() == rows.cols().
void mean_pool(MatrixView<const float> rows, std::span<float> out) noexcept;

/// out = Σ weights[r] · rows[r] / Σ weights[r]. weights.size() == rows.rows(); their sum is > 0.
void weighted_mean_pool(MatrixView<const float> rows, std::span<const float> weights, std::span<float> out) noexcept;

/// out = the largest of each column.
void max_pool(MatrixView<const float> rows, std::span<float> out) noexcept;

}  // namespace akin::kernels
