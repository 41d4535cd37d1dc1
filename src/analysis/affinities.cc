#include "affinities.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace akin::analysis {
namespace {

constexpr std::size_t kRowsAtOnce = 256;
constexpr int kHalvings = 200;
constexpr double kCloseEnough = 1e-8;  // of the entropy

struct Density {
  double sum = 0, entropy = 0;
};

/// Distances less the least, so that nothing runs to 0 as a whole.
Density density_at(std::span<const float> distances, double least2, double beta) {
  Density density;
  double weighted = 0;
  for (const float d : distances) {
    const double square = static_cast<double>(d) * static_cast<double>(d) - least2, p = std::exp(-beta * square);
    density.sum += p;
    weighted += p * square;
  }
  density.entropy = std::log(density.sum) + beta * weighted / density.sum;
  return density;
}

}  // namespace

void affinities(std::span<const float> distances, double perplexity, std::span<float> p) {
  const double least = static_cast<double>(*std::ranges::min_element(distances)), least2 = least * least;
  const double largest = static_cast<double>(*std::ranges::max_element(distances)), target = std::log(perplexity);
  double beta = 0, low = 0, high = std::numeric_limits<double>::infinity();
  if (largest > least && perplexity < static_cast<double>(distances.size())) {
    beta = 1 / std::max(largest * largest - least2, std::numeric_limits<double>::min());
    for (int i = 0; i < kHalvings; ++i) {
      const double beyond = density_at(distances, least2, beta).entropy - target;
      if (std::abs(beyond) < kCloseEnough) break;
      (beyond > 0 ? low : high) = beta;
      beta = std::isinf(high) ? 2 * beta : (low + high) / 2;
    }
  }
  const double sum = density_at(distances, least2, beta).sum;
  for (std::size_t i = 0; i < distances.size(); ++i) {
    const double square = static_cast<double>(distances[i]) * static_cast<double>(distances[i]) - least2;
    p[i] = static_cast<float>(std::exp(-beta * square) / sum);
  }
}

SparseGraph joint_affinities(const KnnGraph& neighbours, double perplexity, Context& context) {
  const std::size_t n = neighbours.size(), k = neighbours.k();
  Matrix<float> p(n, k);
  context.parallel_for(n, kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) affinities(neighbours.distances.row(r), perplexity, p.row(r));
  });
  const float scale = 0.5F / static_cast<float>(n);
  return joined(n, k, neighbours.ids.data(), p.data(), [scale](float a, float b) { return scale * (a + b); });
}

}  // namespace akin::analysis
