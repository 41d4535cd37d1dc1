// How much of the truth an approximate search found. Tested by recall_test.cc.
#pragma once

#include <span>
#include <vector>

#include "akin/index/index.h"

namespace akin {

/// The share of the true neighbours that was found, over all queries: a hit counts if it is as near as the last of its query's true ones, so
/// that one of several equally near rows is as good as another. 1 if there are none. found.size() = truth.size(), distances of one metric.
double recall_of(std::span<const std::vector<Neighbor>> found, std::span<const std::vector<Neighbor>> truth);

}  // namespace akin
