// Gradients of norm.h's LayerNorm and RMSNorm. A row's gradient depends on that row alone; those of factors and shifts are sums over the
// rows in order. Tested by norm_backward_test.cc.
#pragma once

#include <span>

#include "akin/base/matrix.h"

namespace akin::kernels {

/// What a norm's backward pass reads: the rows that were normalised, the factors, and the gradient of the outputs, of `x`'s shape.
struct NormBackward {
  MatrixView<const float> x;
  std::span<const float> gamma;  ///< empty for ones
  float eps = 0;
  MatrixView<const float> d_out;
};
/// Where it goes. `d_x` may be `d_out`; with `adds` it is added to, and is another matrix than `d_out`. d_gamma and d_beta are added to,
/// rows in order; either may be empty.
struct NormGradients {
  MatrixView<float> d_x;
  bool adds = false;
  std::span<float> d_gamma = {}, d_beta = {};
};
void layer_norm_backward(const NormBackward& pass, const NormGradients& gradients) noexcept;
/// d_beta is not touched.
void rms_norm_backward(const NormBackward& pass, const NormGradients& gradients) noexcept;

}  // namespace akin::kernels
