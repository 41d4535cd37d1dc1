// The rows that stand for a cluster: those nearest to its mean. Tested by central_rows_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

/// Labels from 0 on, or −1 for rows of no cluster: how many clusters there are, empty ones below the largest label included. Throws
/// Error{invalid_argument} for labels below −1.
std::size_t n_clusters_of(std::span<const std::int32_t> labels);

/// The mean of each cluster's rows, in double; 0 for an empty cluster. Throws Error{mismatch} unless there is a label a row.
Matrix<float> cluster_means(MatrixView<const float> rows, std::span<const std::int32_t> labels, Context& context);

/// For each cluster its `n` rows nearest to its mean, the nearest first, equally near ones by their number; all if there are fewer.
std::vector<std::vector<std::size_t>> central_rows(MatrixView<const float> rows, std::span<const std::int32_t> labels, std::size_t n,
                                                   Context& context);

}  // namespace akin
