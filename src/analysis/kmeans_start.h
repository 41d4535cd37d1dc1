// The k-means++ start. Tested by kmeans_start_test.cc.
#pragma once

#include <cstddef>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/base/rng.h"

namespace akin::analysis {

/// k different rows, spread: each is drawn with a chance that grows with the square of the distance to the nearest one before it, from
/// 2 + ⌊ln k⌋ draws the one that leaves the least sum of squares. Where all rows lie on those drawn, the first ones that are left.
std::vector<std::size_t> spread_rows(MatrixView<const float> rows, std::size_t k, Rng& rng, Context& context);

}  // namespace akin::analysis
