#include "logistic_loss.h"

#include <algorithm>
#include <utility>

#include "akin/kernels/matmul.h"

namespace akin::analysis {
namespace {

// Scores of a block stay in a core's cache.
constexpr std::size_t kRowsAtOnce = 512;
// Each keeps a gradient of its own: that many floats in all at most, unless a piece alone takes more.
constexpr std::size_t kMaxPieces = 32, kMaxFloats = std::size_t{1} << 25;

std::size_t rows_of_piece(std::size_t n_rows, std::size_t n_weights) {
  const std::size_t n_pieces = std::clamp<std::size_t>(kMaxFloats / std::max<std::size_t>(n_weights, 1), 1, kMaxPieces);
  const std::size_t rows = (n_rows + n_pieces - 1) / n_pieces;
  return std::max<std::size_t>(1, (rows + kRowsAtOnce - 1) / kRowsAtOnce) * kRowsAtOnce;
}

}  // namespace

LogisticLoss::LogisticLoss(MatrixView<const float> rows, std::size_t n_outputs, RowLoss row_loss, double penalty, Context& context)
    : rows_(rows),
      n_outputs_(n_outputs),
      row_loss_(std::move(row_loss)),
      penalty_(penalty),
      context_(context),
      rows_of_piece_(rows_of_piece(rows.rows(), n_outputs * rows.cols())),
      weights_(n_outputs, rows.cols()),
      bias_(n_outputs) {
  n_pieces_ = (rows.rows() + rows_of_piece_ - 1) / rows_of_piece_;
  for (std::size_t p = 0; p < n_pieces_; ++p) gradients_.push_back(Matrix<float>::uninitialized(n_outputs, rows.cols()));
  bias_gradients_ = Matrix<double>(n_pieces_, n_outputs);
  losses_.resize(n_pieces_);
}

void LogisticLoss::run_piece(std::size_t piece) {
  const std::size_t begin = piece * rows_of_piece_, end = std::min(rows_.rows(), begin + rows_of_piece_);
  Matrix<float> scores = Matrix<float>::uninitialized(std::min(kRowsAtOnce, end - begin), n_outputs_);
  const std::span<double> bias_sums = bias_gradients_.row(piece);
  std::ranges::fill(bias_sums, 0.0);
  losses_[piece] = 0;
  for (std::size_t first = begin; first < end; first += kRowsAtOnce) {
    const std::size_t count = std::min(kRowsAtOnce, end - first);
    const MatrixView<const float> block = rows_.middle_rows(first, count);
    const MatrixView<float> out = scores.view().middle_rows(0, count);
    kernels::matmul(kernels::plain(block), kernels::transposed(weights_.view()), kernels::Sum::replace, out);
    for (std::size_t r = 0; r < count; ++r) {
      for (std::size_t c = 0; c < n_outputs_; ++c) out(r, c) += bias_[c];
      losses_[piece] += row_loss_(first + r, out.row(r));
      for (std::size_t c = 0; c < n_outputs_; ++c) bias_sums[c] += static_cast<double>(out(r, c));
    }
    const kernels::Sum sum = first == begin ? kernels::Sum::replace : kernels::Sum::add;
    kernels::matmul(kernels::transposed(out), kernels::plain(block), sum, gradients_[piece].view());
  }
}

double LogisticLoss::operator()(std::span<const double> x, std::span<double> gradient) {
  const std::size_t n_weights = weights_.size();
  for (std::size_t i = 0; i < n_weights; ++i) weights_.data()[i] = static_cast<float>(x[i]);
  for (std::size_t c = 0; c < n_outputs_; ++c) bias_[c] = static_cast<float>(x[n_weights + c]);
  context_.parallel_for(n_pieces_, 1, [&](std::size_t begin, std::size_t) { run_piece(begin); });
  double loss = 0, squares = 0;
  for (std::size_t i = 0; i < n_weights; ++i) {
    double sum = 0;
    for (std::size_t p = 0; p < n_pieces_; ++p) sum += static_cast<double>(gradients_[p].data()[i]);
    gradient[i] = sum + penalty_ * x[i];
    squares += x[i] * x[i];
  }
  for (std::size_t c = 0; c < n_outputs_; ++c) {
    gradient[n_weights + c] = 0;
    for (std::size_t p = 0; p < n_pieces_; ++p) gradient[n_weights + c] += bias_gradients_(p, c);
  }
  for (std::size_t p = 0; p < n_pieces_; ++p) loss += losses_[p];
  return loss + 0.5 * penalty_ * squares;
}

}  // namespace akin::analysis
