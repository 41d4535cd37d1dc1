// A linear map whose numbers change: views into a caller's buffers of values and of gradients, for training. Forward, and the two halves of
// backward: what the inputs get, row by row, and what the weights get, cut by outputs. Tested by linear_test.cc.
#pragma once

#include <cstddef>
#include <span>

#include "akin/base/matrix.h"
#include "akin/kernels/matmul.h"
#include "akin/nn/weights.h"

namespace akin::nn {

/// `weight` is (n_out, n_in) or (n_in, n_out), as `order` says; `bias` has n_out numbers or none.
struct LinearWeights {
  MatrixView<const float> weight;
  std::span<const float> bias = {};
  WeightOrder order = WeightOrder::rows_are_outputs;

  [[nodiscard]] std::size_t n_out() const noexcept { return order == WeightOrder::rows_are_outputs ? weight.rows() : weight.cols(); }
  [[nodiscard]] std::size_t n_in() const noexcept { return order == WeightOrder::rows_are_outputs ? weight.cols() : weight.rows(); }
};

/// Of the same shapes; what is computed is added.
struct LinearGradients {
  MatrixView<float> weight;
  std::span<float> bias = {};
  WeightOrder order = WeightOrder::rows_are_outputs;
};

/// out (n, n_out) = x (n, n_in) · Wᵀ + b.
void linear_forward(MatrixView<const float> x, const LinearWeights& w, MatrixView<float> out);
/// d_x (+)= d_out · W.
void linear_backward(MatrixView<const float> d_out, const LinearWeights& w, kernels::Sum sum, MatrixView<float> d_x);

/// The gradients of the weights are independent pieces: any threads may take them, each is summed over all rows in one order.
std::size_t linear_pieces(const LinearGradients& gradients) noexcept;
/// Piece `piece` of weight += d_outᵀ · x and bias += Σ d_out.
void add_linear_piece(std::size_t piece, MatrixView<const float> x, MatrixView<const float> d_out, const LinearGradients& gradients);

}  // namespace akin::nn
