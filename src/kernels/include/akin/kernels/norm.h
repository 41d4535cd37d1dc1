// Normalisation of rows: LayerNorm (Ba et al., 2016; biased variance), RMSNorm (Zhang & Sennrich, 2019), unit length.
// A row's result depends on that row alone. Tested by norm_test.cc.
#pragma once

#include <span>

#include "akin/base/matrix.h"

namespace akin::kernels {

/// out = (x − mean) / sqrt(variance + eps) · gamma + beta, row by row. `out` may be `x`. gamma and beta have x.cols() numbers; an empty
/// gamma means ones, an empty beta zeros.
void layer_norm(MatrixView<const float> x, std::span<const float> gamma, std::span<const float> beta, float eps,
                MatrixView<float> out) noexcept;

/// layer_norm(x + residual) in one pass. `out` may be `x` or `residual`.
void add_layer_norm(MatrixView<const float> x, MatrixView<const float> residual, std::span<const float> gamma, std::span<const float> beta,
                    float eps, MatrixView<float> out) noexcept;

/// out = x / sqrt(mean(x²) + eps) · gamma. `out` may be `x`.
void rms_norm(MatrixView<const float> x, std::span<const float> gamma, float eps, MatrixView<float> out) noexcept;

/// Scales the row to unit length and returns the length it had; divides by max(length, 1e-12) as sentence-transformers does.
float l2_normalize(std::span<float> row) noexcept;

}  // namespace akin::kernels
