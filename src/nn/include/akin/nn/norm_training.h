// A norm whose numbers change: views into a caller's buffers, for training. Tested by norm_training_test.cc.
#pragma once

#include <span>

#include "akin/base/matrix.h"
#include "akin/kernels/norm_backward.h"
#include "akin/nn/norm.h"

namespace akin::nn {

struct NormWeights {
  std::span<const float> gamma, beta;  ///< an empty beta: the norm has none
  NormSpec spec;
};
/// out = norm(x). `out` may be `x`.
void norm_forward(MatrixView<const float> x, const NormWeights& w, MatrixView<float> out);
/// The gradients of `x` and, added to, those of gamma and beta, from that of norm(x).
void norm_backward(MatrixView<const float> x, const NormWeights& w, MatrixView<const float> d_out, const kernels::NormGradients& gradients);

}  // namespace akin::nn
