// HDBSCAN (Campello, Moulavi & Sander, 2013; McInnes & Healy, 2017): clusters of any shape and of different density, as many as there are,
// and rows that belong to none. Exact: the spanning tree is the true one. The same labels and probabilities as the hdbscan library's.
// Tested by hdbscan_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "akin/analysis/condensed_tree.h"
#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/space/metric.h"

namespace akin {

struct HdbscanOptions {
  std::size_t min_cluster_size = 5;  ///< smaller groups are none; at least 2
  /// Neighbours of a row, itself not counted, that tell how dense it lies: more leaves more rows outside. 0: min_cluster_size. scikit-learn
  /// counts the row itself: its min_samples is one more.
  std::size_t min_samples = 0;
  SelectionOptions select = {};
  Metric metric = Metric::euclidean;  ///< or cosine
};

struct HdbscanResult {
  std::vector<std::int32_t> labels;    ///< −1: of no cluster
  std::vector<float> probabilities;    ///< how central a row is to its cluster, 0–1; 0 for rows of none
  std::vector<std::int32_t> selected;  ///< of each label: its cluster in the tree
  CondensedTree tree;
  std::vector<float> cores;  ///< of each row: the distance to its min_samples-th neighbour
  [[nodiscard]] std::size_t n_clusters() const noexcept { return selected.size(); }
};

/// Clusters `rows` (n, dim). O(n log n) where rows have few numbers (kTreeDims), else O(n² · dim) with most of it the search for
/// neighbours: 20,000 × 5 in a tenth of a second, 20,000 × 384 in a second on two threads. The result depends on rows and options only.
/// Throws Error{invalid_argument} for options out of range and rows that are not finite, Error{cancelled}.
HdbscanResult hdbscan(MatrixView<const float> rows, const HdbscanOptions& options, Context& context);

/// Other clusters of the same tree: min_cluster_size, min_samples and metric are what it was made with. Costs O(n).
void reselect(HdbscanResult& result, const SelectionOptions& options);

/// How much each row belongs to each cluster (n, n_clusters()), by the distance to the clusters' densest rows and by the density at which
/// it joins them; what a row's numbers lack of 1 says that it belongs to none. As all_points_membership_vectors() of hdbscan. Throws
/// Error{limit} where they take more than 8 GB.
Matrix<float> hdbscan_membership(MatrixView<const float> rows, const HdbscanResult& result, const HdbscanOptions& options,
                                 Context& context);

struct HdbscanPrediction {
  std::vector<std::int32_t> labels;
  std::vector<float> probabilities;
};
/// Where new rows would go, the clusters staying as they are: each joins its nearest row by mutual reachability, at that density.
/// `rows` are those that were clustered. Throws Error{mismatch} if the new ones are not as wide.
HdbscanPrediction hdbscan_predict(MatrixView<const float> new_rows, MatrixView<const float> rows, const HdbscanResult& result,
                                  const HdbscanOptions& options, Context& context);

}  // namespace akin
