#include "akin/nn/linear.h"

#include <algorithm>

namespace akin::nn {
namespace {

using kernels::Sum;

/// Rows of the weight a piece: a product of 192 × 384 outputs over 1,024 rows takes about a millisecond.
constexpr std::size_t kPieceRows = 192;

/// The weight as the factor (n_in, n_out).
kernels::Factor inputs_by_outputs(const LinearWeights& w) { return {w.weight, w.order == WeightOrder::rows_are_outputs}; }
kernels::Factor outputs_by_inputs(const LinearWeights& w) { return {w.weight, w.order == WeightOrder::rows_are_inputs}; }

}  // namespace

void linear_forward(MatrixView<const float> x, const LinearWeights& w, MatrixView<float> out) {
  if (!w.bias.empty()) {
    for (std::size_t r = 0; r < out.rows(); ++r) std::ranges::copy(w.bias, out.row_data(r));
  }
  kernels::matmul(kernels::plain(x), inputs_by_outputs(w), w.bias.empty() ? Sum::replace : Sum::add, out);
}

void linear_backward(MatrixView<const float> d_out, const LinearWeights& w, Sum sum, MatrixView<float> d_x) {
  kernels::matmul(kernels::plain(d_out), outputs_by_inputs(w), sum, d_x);
}

std::size_t linear_pieces(const LinearGradients& gradients) noexcept { return (gradients.weight.rows() + kPieceRows - 1) / kPieceRows; }

void add_linear_piece(std::size_t piece, MatrixView<const float> x, MatrixView<const float> d_out, const LinearGradients& gradients) {
  const bool by_outputs = gradients.order == WeightOrder::rows_are_outputs;
  const std::size_t first = piece * kPieceRows, count = std::min(kPieceRows, gradients.weight.rows() - first);
  const MatrixView<float> rows = gradients.weight.middle_rows(first, count);
  if (by_outputs) {
    kernels::matmul(kernels::transposed(d_out.middle_cols(first, count)), kernels::plain(x), Sum::add, rows);
  } else {
    kernels::matmul(kernels::transposed(x.middle_cols(first, count)), kernels::plain(d_out), Sum::add, rows);
  }
  if (gradients.bias.empty()) return;
  if (by_outputs) {
    kernels::add_column_sums(d_out.middle_cols(first, count), gradients.bias.subspan(first, count));
  } else if (piece == 0) {
    kernels::add_column_sums(d_out, gradients.bias);
  }
}

}  // namespace akin::nn
