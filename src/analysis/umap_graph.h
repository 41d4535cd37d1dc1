// The graph that UMAP draws: how sure it is, of each row, that another is its neighbour (McInnes, Healy & Melville, 2018, algorithms 1 to
// 3, as umap-learn has them). Tested by umap_graph_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "akin/analysis/knn_graph.h"
#include "akin/base/context.h"
#include "sparse_graph.h"

namespace akin::analysis {

/// exp(−max(0, d − ρ) / σ) of a row's rising distances: ρ is the first that is not 0, σ such that the sum, with `itself` added for the row,
/// is log2(number of neighbours + itself). `mean` is the mean of all distances, which bounds σ from below where ρ is 0. `weights` has a
/// place a distance.
struct Smoothing {
  float mean = 0;
  bool itself = true;  ///< the row is its own first neighbour, at distance 0, as umap-learn counts them
};
void smooth_weights(std::span<const float> distances, const Smoothing& smoothing, std::span<float> weights);

/// The fuzzy union a + b − a·b of both directions. O(n · k).
SparseGraph umap_graph(const KnnGraph& neighbours, Context& context);

/// Weights between rows of different labels are lowered by e^−far, those of a row without one (−1) by e^−1; then each row's weights are
/// scaled to a largest of 1 and both directions joined again, as umap-learn does for target_weight. `far` is 2.5 / (1 − target_weight).
SparseGraph with_labels(const SparseGraph& graph, std::span<const std::int32_t> labels, float far);

}  // namespace akin::analysis
