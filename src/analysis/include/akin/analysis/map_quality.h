// How well a map keeps who is near whom (Venna & Kaski, 2001). Tested by map_quality_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/space/metric.h"

namespace akin {

struct MapQuality {
  /// 1 less the penalty for rows among the k nearest on the map that are not so in truth, by how far down they are there. 0.5 by chance.
  double trustworthiness = 0;
  /// The same for rows among the k nearest in truth that are not so on the map.
  double continuity = 0;
  double kept_neighbors = 0;  ///< the share of the k nearest in truth that are among the k nearest on the map
};

/// Of `rows` (n, dim) and their places (n, any), k < n / 2. Exact: O(n² · dim); for many rows take a sample. The result is the same on any
/// number of threads. Throws Error{invalid_argument} for k out of range, Error{mismatch} if there are not as many places as rows.
MapQuality map_quality(MatrixView<const float> rows, MatrixView<const float> places, std::size_t k, Metric metric, Context& context);

/// The share of rows whose label is that of most of their k nearest on the map (of equally many the smallest), themselves left out: how
/// well groups stand apart. Throws Error{mismatch}, Error{invalid_argument}.
double neighbor_accuracy(MatrixView<const float> places, std::span<const std::int32_t> labels, std::size_t k, Context& context);

}  // namespace akin
