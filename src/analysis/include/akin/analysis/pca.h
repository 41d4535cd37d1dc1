// Principal components: the directions in which rows vary most (Pearson, 1901), by the eigenvectors of their second moments, or, where only
// a few of many are asked for, by a random projection that some passes over the rows sharpen (Halko, Martinsson & Tropp, 2011, algorithm
// 4.4). Tested by pca_test.cc.
#pragma once

#include <cstddef>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

enum class PcaSolver {
  automatic,   ///< exact, unless there are more than 400 numbers a row and at most a tenth as many components are asked for
  exact,       ///< O(n · dim²) + O(dim³)
  randomized,  ///< O(n · dim · n_components) a pass, nine passes; a variance is right to about 1e-4 of it where they fall off slowly
};

struct PcaOptions {
  std::size_t n_components = 2;  ///< at most min(rows, dim)
  PcaSolver solver = PcaSolver::automatic;
  /// false: of the rows as they are, around the origin and not around their mean.
  bool centred = true;
};

struct Pca {
  std::vector<float> mean;                       ///< (dim); zeros if not centred
  Matrix<float> components;                      ///< (n_components, dim): unit length, at right angles, the largest number of each positive
  std::vector<double> explained_variance;        ///< of each: Σ of the squares along it / (n − 1), falling
  std::vector<double> explained_variance_ratio;  ///< of the variance of all directions; zeros where there is none

  /// (rows.rows(), n_components): each row less the mean, along the components. Throws Error{mismatch}.
  [[nodiscard]] Matrix<float> transform(MatrixView<const float> rows, Context& context) const;
  /// (rows.rows(), 2): the same of one or two components; zeros where there is no second.
  [[nodiscard]] Matrix<float> plane(MatrixView<const float> rows, Context& context) const;
};

/// Of `rows` (n, dim). The result depends on rows, options and context.seed only, never on the number of threads. A direction that the rows
/// do not have has variance 0. Throws Error{invalid_argument} for too many components and rows that are not finite, Error{cancelled}.
Pca pca(MatrixView<const float> rows, const PcaOptions& options, Context& context);

/// (rows.rows(), 2): each row along the first two components, for pictures of a few rows. A direction that the rows do not have (one row,
/// two rows, one number each) is 0. No rows: none. Throws Error{invalid_argument} for rows that are not finite, Error{cancelled}.
Matrix<float> principal_plane(MatrixView<const float> rows, Context& context);

}  // namespace akin
