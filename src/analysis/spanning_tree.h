// The minimum spanning tree of rows by mutual reachability: the distance of two rows, but at least either one's distance to its m-th
// neighbour (Campello et al., 2013). Exact, by Borůvka's rounds: each part of the tree looks for its nearest row outside, in the lists of
// neighbours first; what they leave open, a kd-tree answers where rows have few numbers (March et al., 2010), else a scan.
// Tested by spanning_tree_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin::analysis {

struct TreeEdge {
  std::uint32_t a = 0, b = 0;
  float square = 0;  ///< of the mutual reachability
};

struct SpanningTree {
  std::vector<TreeEdge> edges;  ///< n − 1, in the order in which they were found
  std::vector<float> cores;     ///< a row: the square of the distance to its m-th neighbour
};

/// By Euclidean distances. m is min_samples, at most n − 1; 0: reachability is the distance. Of equal edges those between nearer rows, then
/// those of lower rows: the same tree on any number of threads. Needs finite rows, one at least. Throws Error{cancelled}.
SpanningTree spanning_tree(MatrixView<const float> rows, std::size_t min_samples, Context& context);

}  // namespace akin::analysis
