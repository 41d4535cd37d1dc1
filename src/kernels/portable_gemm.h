// The product for targets that oneDNN does not serve with stable bits: f32 panels on Highway. bf16 and int8 numbers are multiplied as the
// floats they stand for. A row's sum runs over k in order in one lane, so its bits depend on that row alone. See gemm_test.cc.
#pragma once

#include <cstddef>
#include <span>

#include "akin/base/matrix.h"

namespace akin::kernels::portable {

/// Outputs side by side in a panel.
inline constexpr std::size_t kPanel = 16;

/// Panels of (n_in, kPanel) zeros for a weight (n_out, n_in).
Matrix<float> make_panels(std::size_t n_out, std::size_t n_in);

/// Puts output `n` of the weight in its place.
void set_row(Matrix<float>& panels, std::size_t n, std::span<const float> row);

/// out = x · weightᵀ + bias for the outputs from `first` on, a multiple of kPanel, as many as out has columns. `bias` is the whole
/// weight's.
void multiply(MatrixView<const float> x, const Matrix<float>& panels, std::size_t first, const float* bias, MatrixView<float> out);

}  // namespace akin::kernels::portable
