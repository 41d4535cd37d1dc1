// How alike positions are, by how far apart they stand: what a scheme of positions tells a model about distance. Tested by
// position_similarity_test.cc.
#pragma once

#include <cstddef>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/nn/rope.h"

namespace akin::nn {

/// For d = 0 … n − 1 the mean cosine between rows p and p + d of a table (n, dim) of positions, over all p. A zero row has cosine 0 with
/// every other. O(n² · dim). Throws Error{invalid_argument} for an empty table.
std::vector<double> similarity_by_distance(MatrixView<const float> table);

/// Cosines of all pairs of rows: (n, n).
Matrix<double> similarity_of_rows(MatrixView<const float> table);

/// For d = 0 … n − 1 the cosine between a vector of ones turned to position 0 and the same turned to position d: the mean of
/// cos(d · frequency). What rotation alone makes of the score of two equal words (RoFormer, section 3.4.3: it falls with the distance).
/// Throws as rope_frequencies().
std::vector<double> rope_similarity(const RopeSpec& spec, std::size_t n);

}  // namespace akin::nn
