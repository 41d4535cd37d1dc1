// The loss that logistic regressions of every kind bring down: the weighted mean of −ln p(what is true), and ‖W‖² / 2 times a penalty.
// Products in float, sums of losses, penalties and the blocks' gradients in double. Tested by logistic_loss_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin::analysis {

class LogisticLoss {
 public:
  /// Turns the scores of row `row` into the gradient of its loss by them, and returns the loss. Called from any thread.
  using RowLoss = std::function<double(std::size_t row, std::span<float> scores)>;

  /// What it is given must outlive it. `n_outputs`: scores a row. `penalty`: of the weights, not of the biases.
  LogisticLoss(MatrixView<const float> rows, std::size_t n_outputs, RowLoss row_loss, double penalty, Context& context);

  /// Numbers that are looked for: of each output its weights, then all biases.
  [[nodiscard]] std::size_t size() const noexcept { return n_outputs_ * (rows_.cols() + 1); }
  /// At `x`, with its gradient. The same bits on any number of threads: rows are cut into pieces by their number alone.
  double operator()(std::span<const double> x, std::span<double> gradient);

 private:
  void run_piece(std::size_t piece);

  MatrixView<const float> rows_;
  std::size_t n_outputs_;
  RowLoss row_loss_;
  double penalty_;
  Context& context_;
  std::size_t n_pieces_, rows_of_piece_;
  Matrix<float> weights_;  ///< (n_outputs, dim), as floats for the product
  std::vector<float> bias_;
  std::vector<Matrix<float>> gradients_;  ///< a piece: (n_outputs, dim)
  Matrix<double> bias_gradients_;         ///< (pieces, n_outputs)
  std::vector<double> losses_;            ///< a piece
};

}  // namespace akin::analysis
