// Between rows of floats and Eigen's matrices of doubles, and bases. Included in .cc files alone. Tested through pca_test.cc.
#pragma once

#include <Eigen/QR>
#include <cstddef>

#include "akin/base/matrix.h"

namespace akin::analysis {

using Doubles = Eigen::MatrixXd;

inline Matrix<float> to_float(const Doubles& matrix) {
  Matrix<float> out(static_cast<std::size_t>(matrix.rows()), static_cast<std::size_t>(matrix.cols()));
  for (std::size_t r = 0; r < out.rows(); ++r)
    for (std::size_t c = 0; c < out.cols(); ++c)
      out(r, c) = static_cast<float>(matrix(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(c)));
  return out;
}

inline Doubles to_double(MatrixView<const float> matrix) {
  Doubles out(static_cast<Eigen::Index>(matrix.rows()), static_cast<Eigen::Index>(matrix.cols()));
  for (std::size_t r = 0; r < matrix.rows(); ++r)
    for (std::size_t c = 0; c < matrix.cols(); ++c)
      out(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(c)) = static_cast<double>(matrix(r, c));
  return out;
}

/// Columns of unit length at right angles that span what those of `matrix` do.
inline Doubles orthonormal(const Doubles& matrix) {
  const Eigen::HouseholderQR<Doubles> qr(matrix);
  return qr.householderQ() * Doubles::Identity(matrix.rows(), matrix.cols());
}

}  // namespace akin::analysis
