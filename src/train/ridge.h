// Ridge regression with many outputs and sparse inputs: the vectors D (n_tokens, d) that make ‖T − M·(E + D)‖² + λ‖D‖² least, by conjugate
// gradients with the diagonal as preconditioner (Saad, "Iterative Methods for Sparse Linear Systems", 2003, algorithm 9.1), each output on
// its own. The same bits on any number of threads. Tested by ridge_test.cc against the normal equations solved directly.
#pragma once

#include <cstddef>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "token_means.h"

namespace akin::train {

struct RidgeOptions {
  double ridge = 0.1;
  double tolerance = 0.02;  ///< of the residual's length, relative to the beginning
  std::size_t max_rounds = 50;
};

/// `vectors` is E and becomes E + D; `targets` is T, and becomes T − M·E, the scratch of the call. Returns the rounds made.
std::size_t fit_ridge(const TokenMeans& means, MatrixView<float> targets, MatrixView<float> vectors, const RidgeOptions& options,
                      Context& context);

}  // namespace akin::train
