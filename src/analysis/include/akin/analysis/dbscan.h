// DBSCAN (Ester et al., 1996): rows with many others within a distance are dense, dense rows that near to each other are one cluster, and
// rows near a dense one belong to it too. As scikit-learn's. Tested by dbscan_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/space/metric.h"

namespace akin {

struct DbscanOptions {
  double epsilon = 0.5;               ///< the distance; > 0
  std::size_t min_samples = 5;        ///< rows within it, the row itself counted, that make a row dense
  Metric metric = Metric::euclidean;  ///< or cosine
};

struct DbscanResult {
  std::vector<std::int32_t>
      labels;  ///< −1: of no cluster. Clusters are numbered by their first dense rows; a row near several has the first
  std::vector<bool> is_dense;
};

/// O(n log n) where rows have few numbers (kTreeDims), however many lie in one place, else O(n² · dim). Throws Error{invalid_argument} for
/// options out of range and rows that are not finite, Error{cancelled}.
DbscanResult dbscan(MatrixView<const float> rows, const DbscanOptions& options, Context& context);

}  // namespace akin
