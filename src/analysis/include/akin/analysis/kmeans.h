// k-means (Lloyd, 1982) from the k-means++ start (Arthur & Vassilvitskii, 2007; the best of some candidates at each step, as scikit-learn
// does it): k centres such that the squares of the rows' distances to their nearest centre add up to little. Rows meet centres by matrix
// products in float, sums are kept in double. Tested by kmeans_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

struct KMeansOptions {
  std::size_t k = 8;                 ///< clusters; 1 – the number of rows
  std::size_t n_starts = 1;          ///< runs from different starts, of which the one with the least inertia is kept
  std::size_t max_iterations = 300;  ///< of a run
  /// A run ends once the squares of the centres' last moves add up to less than this part of the rows' mean variance (read from 16,384
  /// rows); 0: once no row changes its cluster.
  double tolerance = 1e-4;
  /// By angle: rows are scaled to length 1, and so are the centres (spherical k-means: Dhillon & Modha, 2001).
  bool spherical = false;
  /// (k, dim): begins here, once, whatever `n_starts` says; empty: k-means++.
  MatrixView<const float> start = {};
};

struct KMeansResult {
  Matrix<float> centres;             ///< (k, dim)
  std::vector<std::int32_t> labels;  ///< of each row: its nearest centre, of equally near ones the first
  std::vector<std::size_t> sizes;    ///< rows of each cluster
  double inertia = 0;                ///< Σ ‖x − centre of x‖², of rows of length 1 if spherical
  std::size_t n_iterations = 0;      ///< of the run that was kept
  bool converged = false;            ///< false: it ended at max_iterations
};

/// Clusters `rows` (n, dim). A cluster that loses all rows takes the row furthest from its centre; clusters stay empty only where there are
/// fewer different rows than k. O(n · k · dim) an iteration. Takes 20 bytes a row, half a copy of the rows where the CPU multiplies
/// bfloat16, and a copy where they are spherical or lie far from the origin. The result depends on rows, options and context.seed only.
/// Throws Error{invalid_argument} for options out of range and rows that are not finite, Error{cancelled}.
KMeansResult kmeans(MatrixView<const float> rows, const KMeansOptions& options, Context& context);

/// The nearest of `centres` to each row; of equally near ones the first. `spherical` as in the options. Throws Error{mismatch} if they are
/// not equally wide.
std::vector<std::int32_t> nearest_centres(MatrixView<const float> rows, MatrixView<const float> centres, bool spherical, Context& context);

}  // namespace akin
