// Where a map begins: the slowest modes of its graph (Laplacian eigenmaps, Belkin & Niyogi, 2003), each connected part by itself. Tested by
// spectral_start_test.cc.
#pragma once

#include <cstddef>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "sparse_graph.h"

namespace akin::analysis {

/// Which connected part each vertex is in, numbered by their first vertices.
std::vector<std::uint32_t> parts_of(const SparseGraph& graph, std::size_t& n_parts);

/// (rows, dim): the rows along their first principal components, the largest coordinate `extent`; zeros beyond those that there are.
Matrix<float> principal_start(MatrixView<const float> rows, std::size_t dim, float extent, Context& context);

/// (n, dim), the largest coordinate 10: eigenvectors of D^−½ W D^−½ next to the largest eigenvalue, to about two digits, which is enough
/// for a start; where the graph has several parts, each with its own, around places by the principal components of `rows` (n, any dim) of
/// its mean. `graph` is symmetric. O(edges · dim), some hundred passes. The result depends on graph, rows, dim and context.seed only.
Matrix<float> spectral_start(const SparseGraph& graph, MatrixView<const float> rows, std::size_t dim, Context& context);

}  // namespace akin::analysis
