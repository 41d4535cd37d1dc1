#include "akin/analysis/neighbour_outliers.h"

#include <algorithm>

#include "akin/base/error.h"

namespace akin {
namespace {

// Equal rows have no distance between them: their density ends here, as scikit-learn's.
constexpr double kLeastReach = 1e-10;

/// 1 / the mean distance from which a row's neighbours reach it.
double density_of(const KnnGraph& graph, std::size_t row, const std::vector<double>& reach) {
  double sum = 0;
  for (std::size_t i = 0; i < graph.k(); ++i) sum += std::max(static_cast<double>(graph.distances(row, i)), reach[graph.ids(row, i)]);
  return 1 / (sum / static_cast<double>(graph.k()) + kLeastReach);
}

}  // namespace

std::vector<double> kth_distances(const KnnGraph& graph) {
  std::vector<double> out(graph.size());
  for (std::size_t r = 0; r < out.size() && graph.k() > 0; ++r) out[r] = static_cast<double>(graph.distances(r, graph.k() - 1));
  return out;
}

LocalDensity local_density(const KnnGraph& graph) {
  LocalDensity out{kth_distances(graph), std::vector<double>(graph.size(), 1)};
  for (std::size_t r = 0; r < graph.size() && graph.k() > 0; ++r) out.density[r] = density_of(graph, r, out.reach);
  return out;
}

std::vector<double> local_outlier_factors(const KnnGraph& asked, const LocalDensity& known) {
  std::vector<double> out(asked.size(), 1);
  for (std::size_t r = 0; r < out.size() && asked.k() > 0; ++r) {
    double sum = 0;
    for (const std::uint32_t id : asked.ids.row(r)) {
      if (id >= known.density.size()) throw Error(ErrorCode::mismatch, "local outlier factors: a neighbour is none of the known rows");
      sum += known.density[id];
    }
    out[r] = sum / static_cast<double>(asked.k()) / density_of(asked, r, known.reach);
  }
  return out;
}

}  // namespace akin
