#include "akin/space/metric.h"

#include <array>
#include <cmath>

#include "akin/base/error.h"
#include "akin/kernels/distance.h"

namespace akin {
namespace {

constexpr std::array kMetrics = {Metric::cosine, Metric::dot, Metric::euclidean, Metric::manhattan};

float cosine_distance(std::span<const float> a, std::span<const float> b) {
  // In double: the squares of numbers below 1e-19 vanish in float.
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i], y = b[i];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  const double norms = std::sqrt(aa) * std::sqrt(bb);
  return norms > 0 ? static_cast<float>(1 - ab / norms) : 1.0F;
}

}  // namespace

std::string_view name_of(Metric metric) noexcept {
  switch (metric) {
    case Metric::cosine:
      return "cosine";
    case Metric::dot:
      return "dot";
    case Metric::euclidean:
      return "euclidean";
    case Metric::manhattan:
      return "manhattan";
  }
  return "unknown";
}

std::string metric_names() {
  std::string names;
  for (const Metric metric : kMetrics) names.append(names.empty() ? "" : ", ").append(name_of(metric));
  return names;
}

Metric metric_from(std::string_view name) {
  for (const Metric metric : kMetrics)
    if (name == name_of(metric)) return metric;
  throw Error(ErrorCode::invalid_argument, "unknown metric '" + std::string(name) + "': choose one of " + metric_names());
}

float similarity_of(Metric metric, float distance) noexcept {
  switch (metric) {
    case Metric::cosine:
      return 1 - distance;
    case Metric::dot:
      return -distance;
    case Metric::euclidean:
    case Metric::manhattan:
      break;
  }
  return 1 / (1 + distance);
}

float distance_between(Metric metric, std::span<const float> a, std::span<const float> b) {
  if (a.size() != b.size()) {
    throw Error(ErrorCode::mismatch, "vectors of " + std::to_string(a.size()) + " and " + std::to_string(b.size()) +
                                         " dimensions have no distance: are they from different models?");
  }
  switch (metric) {
    case Metric::cosine:
      return cosine_distance(a, b);
    case Metric::dot:
      return -kernels::dot(a, b);
    case Metric::euclidean:
      return std::sqrt(kernels::squared_l2(a, b));
    case Metric::manhattan:
      break;
  }
  return kernels::manhattan(a, b);
}

}  // namespace akin
