#include "umap_graph.h"

#include <algorithm>
#include <cmath>

namespace akin::analysis {
namespace {

constexpr std::size_t kRowsAtOnce = 512;
constexpr int kHalvings = 64;
constexpr double kCloseEnough = 1e-5;
// σ is at least this part of a mean distance.
constexpr double kLeastSigma = 1e-3;

double mean_of(std::span<const float> numbers) {
  double sum = 0;
  for (const float x : numbers) sum += static_cast<double>(x);
  return numbers.empty() ? 0 : sum / static_cast<double>(numbers.size());
}

double sum_at(std::span<const float> distances, double rho, double sigma) {
  double sum = 0;
  for (const float d : distances) {
    const double beyond = static_cast<double>(d) - rho;
    sum += beyond > 0 ? std::exp(-beyond / sigma) : 1;
  }
  return sum;
}

/// By halving; it doubles while there is no upper bound.
double sigma_for(std::span<const float> distances, double rho, double target) {
  double low = 0, high = INFINITY, middle = 1;
  for (int i = 0; i < kHalvings; ++i) {
    const double sum = sum_at(distances, rho, middle);
    if (std::abs(sum - target) < kCloseEnough) break;
    if (sum > target) {
      high = middle;
      middle = (low + high) / 2;
    } else {
      low = middle;
      middle = std::isinf(high) ? middle * 2 : (low + high) / 2;
    }
  }
  return middle;
}

}  // namespace

void smooth_weights(std::span<const float> distances, const Smoothing& smoothing, std::span<float> weights) {
  const auto first = std::ranges::find_if(distances, [](float d) { return d > 0; });
  const double rho = smoothing.itself && first != distances.end() ? static_cast<double>(*first) : 0;
  const double n = static_cast<double>(distances.size()) + (smoothing.itself ? 1 : 0);
  double sigma = sigma_for(distances, rho, std::log2(n));
  // umap-learn's mean counts the row itself, with distance 0.
  const double mean = rho > 0 ? mean_of(distances) * static_cast<double>(distances.size()) / n : static_cast<double>(smoothing.mean);
  sigma = std::max(sigma, kLeastSigma * mean);
  for (std::size_t i = 0; i < distances.size(); ++i) {
    const double beyond = static_cast<double>(distances[i]) - rho;
    weights[i] = beyond <= 0 || sigma == 0 ? 1.0F : static_cast<float>(std::exp(-beyond / sigma));
  }
}

SparseGraph umap_graph(const KnnGraph& neighbours, Context& context) {
  const std::size_t n = neighbours.size(), k = neighbours.k();
  Matrix<float> weights(n, k);
  const double mean =
      mean_of({neighbours.distances.data(), neighbours.distances.size()}) * static_cast<double>(k) / static_cast<double>(k + 1);
  context.parallel_for(n, kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) smooth_weights(neighbours.distances.row(r), {static_cast<float>(mean), true}, weights.row(r));
  });
  return joined(n, k, neighbours.ids.data(), weights.data(), [](float a, float b) { return a + b - a * b; });
}

SparseGraph with_labels(const SparseGraph& graph, std::span<const std::int32_t> labels, float far) {
  SparseGraph out = graph;
  std::vector<float> largest(graph.size(), 0.0F);
  for (std::size_t v = 0; v < graph.size(); ++v) {
    for (std::size_t e = graph.begins[v]; e < graph.begins[v + 1]; ++e) {
      const std::int32_t mine = labels[v], its = labels[graph.others[e]];
      if (mine < 0 || its < 0) {
        out.weights[e] *= std::exp(-1.0F);
      } else if (mine != its) {
        out.weights[e] *= std::exp(-far);
      }
      largest[v] = std::max(largest[v], out.weights[e]);
    }
  }
  // The graph is symmetric, and so is what was done to it: the weight back is scaled by the other's largest.
  for (std::size_t v = 0; v < graph.size(); ++v) {
    for (std::size_t e = graph.begins[v]; e < graph.begins[v + 1]; ++e) {
      const float weight = out.weights[e], its = largest[graph.others[e]];
      const float forth = largest[v] > 0 ? weight / largest[v] : 0, back = its > 0 ? weight / its : 0;
      out.weights[e] = forth + back - forth * back;
    }
  }
  return out;
}

}  // namespace akin::analysis
