#include "akin/nn/mlp_training.h"

#include "akin/kernels/activation_backward.h"

namespace akin::nn {

void mlp_forward(MatrixView<const float> x, const MlpWeights& w, const MlpTape& tape, MatrixView<float> out) {
  linear_forward(x, w.up, tape.inner);
  for (std::size_t r = 0; r < tape.inner.rows(); ++r) {
    const std::span<const float> row = tape.inner.row(r);
    if (w.spec.gated) {
      kernels::activate_gated(w.spec.activation, {row.first(w.spec.dim), row.last(w.spec.dim)}, tape.activated.row(r));
    } else {
      kernels::activate(w.spec.activation, row, tape.activated.row(r));
    }
  }
  linear_forward(tape.activated, w.down, out);
}

void mlp_backward(MatrixView<const float> d_out, const MlpWeights& w, const MlpTape& tape, MatrixView<float> d_inner,
                  MatrixView<float> d_x) {
  const std::size_t dim = w.spec.dim;
  // The gradient of what the gate lets through lies where that of `up` will.
  linear_backward(d_out, w.down, kernels::Sum::replace, d_inner.middle_cols(w.spec.gated ? dim : 0, dim));
  for (std::size_t r = 0; r < d_inner.rows(); ++r) {
    const std::span<const float> row = tape.inner.row(r);
    const std::span<float> d = d_inner.row(r);
    if (w.spec.gated) {
      kernels::activate_gated_backward(w.spec.activation, {row.first(dim), row.last(dim)}, d.last(dim), {d.first(dim), d.last(dim)});
    } else {
      kernels::activate_backward(w.spec.activation, row, d, d);
    }
  }
  linear_backward(d_inner, w.up, kernels::Sum::replace, d_x);
}

}  // namespace akin::nn
