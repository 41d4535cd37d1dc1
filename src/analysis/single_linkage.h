// The tree of clusters that the edges of a spanning tree make, shortest first. Tested by single_linkage_test.cc.
#pragma once

#include <vector>

#include "akin/analysis/linkage.h"
#include "spanning_tree.h"

namespace akin::analysis {

/// Of equal edges those of lower rows come first. `by_angle`: rows had length 1, and half the squares are cosine distances.
Linkage single_linkage(std::vector<TreeEdge> edges, bool by_angle);

}  // namespace akin::analysis
