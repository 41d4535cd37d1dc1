// How well rows are clustered, by the rows alone: are they nearer to their own cluster than to the others? As scikit-learn defines it.
// Rows of label −1 are left out. Tested by cluster_scores_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/space/metric.h"

namespace akin {

struct SilhouetteOptions {
  Metric metric = Metric::euclidean;  ///< or cosine
  std::size_t sample = 0;             ///< rows, drawn by context.seed, that stand for all; 0: all
};

/// The mean over rows of (b − a) / max(a, b): a is the mean distance to the other rows of its cluster, b the least mean distance to those
/// of another (Rousseeuw, 1987). From −1 to 1; a row that is alone in its cluster counts 0. O(n² · dim): 10,000 × 384 in about a second.
/// Throws Error{invalid_argument} unless there are at least two clusters and fewer than rows, and for rows that are not finite,
/// Error{mismatch} unless there is a label a row.
double silhouette(MatrixView<const float> rows, std::span<const std::int32_t> labels, const SilhouetteOptions& options, Context& context);

/// The mean over clusters of the largest (s + s') / d to another one: s is the mean distance to the centre, d that of the centres (Davies &
/// Bouldin, 1979). From 0 on; less is better. Errors as silhouette().
double davies_bouldin(MatrixView<const float> rows, std::span<const std::int32_t> labels, Context& context);

}  // namespace akin
