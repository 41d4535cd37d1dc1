// Rows of no cluster to their nearest one. Tested by join_outliers_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/space/metric.h"

namespace akin {

/// Labels in which each row of label −1 has that of the clustered row nearest to it, whatever the shape of the clusters; unchanged if no
/// row is clustered. Throws Error{mismatch} unless there is a label a row, else as knn_of().
std::vector<std::int32_t> join_outliers(MatrixView<const float> rows, std::span<const std::int32_t> labels, Metric metric,
                                        Context& context);

}  // namespace akin
