// Outliers by their neighbours: a row is odd if its k nearest neighbours are far (Ramaswamy et al., 2000), or further than its neighbours'
// own neighbours are: the local outlier factor (Breunig et al., 2000). Tested by neighbour_outliers_test.cc.
#pragma once

#include <cstddef>
#include <vector>

#include "akin/analysis/knn_graph.h"
#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

/// For each row of the graph the distance to its last neighbour, the k-th; 0 where it has none.
std::vector<double> kth_distances(const KnnGraph& graph);

/// What the factors of rows need of the rows that they are compared with.
struct LocalDensity {
  std::vector<double> reach;    ///< of each row the distance to its k-th neighbour
  std::vector<double> density;  ///< 1 / the mean reachability distance from its neighbours
};
LocalDensity local_density(const KnnGraph& graph);

/// How much thinner the neighbours of each of `asked` lie around it than around themselves: 1 among its like, more where it is alone.
/// `asked` is the graph that `known` was made of, or that of other rows among the same ones. As scikit-learn's. Rows without neighbours
/// have 1. Throws Error{mismatch} for neighbours that `known` does not have.
std::vector<double> local_outlier_factors(const KnnGraph& asked, const LocalDensity& known);

}  // namespace akin
