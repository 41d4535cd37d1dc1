// The feed-forward part with numbers that change: forward keeping what backward reads, and backward. Tested by mlp_training_test.cc.
#pragma once

#include "akin/base/matrix.h"
#include "akin/nn/linear.h"
#include "akin/nn/mlp.h"

namespace akin::nn {

/// Gated: `up` has the gate's outputs first.
struct MlpWeights {
  LinearWeights up, down;
  MlpSpec spec;
};
/// What the backward pass reads of the forward one: (n, up.n_out()) and (n, spec.dim).
struct MlpTape {
  MatrixView<float> inner, activated;
};
void mlp_forward(MatrixView<const float> x, const MlpWeights& w, const MlpTape& tape, MatrixView<float> out);
/// Writes the gradients of `up`'s outputs and of x. Those of the weights are add_linear_piece(…, x, d_inner, …) of `up` and
/// add_linear_piece(…, tape.activated, d_out, …) of `down`.
void mlp_backward(MatrixView<const float> d_out, const MlpWeights& w, const MlpTape& tape, MatrixView<float> d_inner,
                  MatrixView<float> d_x);

}  // namespace akin::nn
