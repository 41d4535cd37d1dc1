#include "akin/nn/norm_training.h"

#include "akin/kernels/norm.h"

namespace akin::nn {

void norm_forward(MatrixView<const float> x, const NormWeights& w, MatrixView<float> out) {
  if (w.spec.kind == NormKind::layer) return kernels::layer_norm(x, w.gamma, w.beta, w.spec.eps, out);
  kernels::rms_norm(x, w.gamma, w.spec.eps, out);
}

void norm_backward(MatrixView<const float> x, const NormWeights& w, MatrixView<const float> d_out,
                   const kernels::NormGradients& gradients) {
  const kernels::NormBackward pass{x, w.gamma, w.spec.eps, d_out};
  if (w.spec.kind == NormKind::layer) return kernels::layer_norm_backward(pass, gradients);
  kernels::rms_norm_backward(pass, gradients);
}

}  // namespace akin::nn
