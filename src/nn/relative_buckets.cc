#include "akin/nn/relative_buckets.h"

#include <algorithm>
#include <cmath>

#include "akin/base/error.h"

namespace akin::nn {

std::size_t bucket_of(const RelativeBuckets& buckets, std::ptrdiff_t distance) {
  const std::size_t n = buckets.bidirectional ? buckets.n_buckets / 2 : buckets.n_buckets;
  const std::size_t exact = n / 2;
  require(exact > 0 && buckets.max_distance > exact, "relative buckets: too few buckets, or max_distance is not above the exact ones");
  const std::size_t after = buckets.bidirectional && distance > 0 ? n : 0;
  const std::size_t far = !buckets.bidirectional && distance > 0 ? 0 : static_cast<std::size_t>(std::abs(distance));
  if (far < exact) return after + far;
  // In float, as the reference does: the edge of a bucket must not move.
  const float ratio = std::log(static_cast<float>(far) / static_cast<float>(exact)) /
                      static_cast<float>(std::log(static_cast<double>(buckets.max_distance) / static_cast<double>(exact)));
  const auto more = static_cast<std::size_t>(ratio * static_cast<float>(n - exact));
  return after + std::min(exact + more, n - 1);
}

std::vector<float> distance_bias(const RelativeBuckets& buckets, MatrixView<const float> table, std::size_t n) {
  const std::size_t width = 2 * n - 1;
  std::vector<float> bias(table.cols() * width);
  for (std::size_t d = 0; d < width; ++d) {
    const std::span<const float> row = table.row(bucket_of(buckets, static_cast<std::ptrdiff_t>(d) - static_cast<std::ptrdiff_t>(n) + 1));
    for (std::size_t head = 0; head < table.cols(); ++head) bias[head * width + d] = row[head];
  }
  return bias;
}

}  // namespace akin::nn
