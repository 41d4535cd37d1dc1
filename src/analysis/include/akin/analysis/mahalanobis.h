// How far a row is from the mean, measured by how rows vary: (x − μ)ᵀ Σ⁻¹ (x − μ), with the covariance shrunk towards a ball so that it has
// an inverse even for few rows (Ledoit & Wolf, 2004). In double. Tested by mahalanobis_test.cc.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

class Mahalanobis {
 public:
  /// O(n · dim² + dim³). The same bits on any number of threads. Throws Error{invalid_argument} for rows that are not finite,
  /// Error{cancelled}.
  Mahalanobis(MatrixView<const float> rows, Context& context);
  Mahalanobis(Mahalanobis&&) noexcept;
  Mahalanobis& operator=(Mahalanobis&&) noexcept;
  ~Mahalanobis();

  /// 0 – 1: how much of the covariance is the ball's.
  [[nodiscard]] double shrinkage() const noexcept;
  /// Squares of the distances, as scikit-learn's. Where all rows are equal: squares of Euclidean ones. Throws Error{mismatch} for rows of
  /// another width.
  [[nodiscard]] std::vector<double> squares(MatrixView<const float> rows, Context& context) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace akin
