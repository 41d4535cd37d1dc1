#include "akin/analysis/map_quality.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "akin/analysis/knn_graph.h"
#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/kernels/matmul.h"

namespace akin {
namespace {

constexpr std::size_t kRowsAtOnce = 64;

/// Distances of some rows to all, up to what does not change their order: squares, or one less the cosine.
class Distances {
 public:
  Distances(MatrixView<const float> rows, Metric metric) : rows_(rows), squares_(rows.rows()), metric_(metric) {
    for (std::size_t r = 0; r < rows.rows(); ++r)
      for (const float x : rows.row(r)) squares_[r] += static_cast<double>(x) * static_cast<double>(x);
  }

  void write(std::size_t begin, std::size_t end, Matrix<float>& products, std::vector<double>& out) const {
    kernels::matmul(kernels::plain(rows_.middle_rows(begin, end - begin)), kernels::transposed(rows_), kernels::Sum::replace,
                    products.view().middle_rows(0, end - begin));
    out.resize((end - begin) * rows_.rows());
    for (std::size_t r = begin; r < end; ++r)
      for (std::size_t c = 0; c < rows_.rows(); ++c) {
        const auto product = static_cast<double>(products(r - begin, c));
        double& distance = out[(r - begin) * rows_.rows() + c];
        if (metric_ == Metric::euclidean) {
          distance = squares_[r] + squares_[c] - 2 * product;
        } else if (metric_ == Metric::cosine) {
          const double lengths = std::sqrt(squares_[r] * squares_[c]);
          distance = lengths > 0 ? 1 - product / lengths : 1;
        } else {
          distance = -product;
        }
      }
  }

 private:
  MatrixView<const float> rows_;
  std::vector<double> squares_;
  Metric metric_;
};

/// Of each other row its rank by distance, the nearest 1; of equally far ones the first before.
void ranks_of(std::span<const double> distances, std::size_t self, std::vector<std::uint32_t>& order, std::vector<std::uint32_t>& ranks) {
  order.clear();
  for (std::uint32_t i = 0; i < distances.size(); ++i)
    if (i != self) order.push_back(i);
  std::ranges::sort(
      order, [&](std::uint32_t a, std::uint32_t b) { return distances[a] < distances[b] || (distances[a] == distances[b] && a < b); });
  ranks.assign(distances.size(), 0);
  for (std::uint32_t i = 0; i < order.size(); ++i) ranks[order[i]] = i + 1;
}

struct Penalties {
  double strangers = 0, lost = 0, kept = 0;
};

}  // namespace

MapQuality map_quality(MatrixView<const float> rows, MatrixView<const float> places, std::size_t k, Metric metric, Context& context) {
  const std::size_t n = rows.rows();
  if (places.rows() != n)
    throw Error(ErrorCode::mismatch, "map quality: " + std::to_string(places.rows()) + " places for " + std::to_string(n) + " rows");
  check_rows(rows, "map quality", context);
  check_rows(places, "map quality: the places", context);
  require(metric != Metric::manhattan, "map quality: cosine, dot and Euclidean distances are known");
  if (k == 0 || 2 * k >= n)
    throw Error(ErrorCode::invalid_argument, "map quality: " + std::to_string(k) + " neighbours: at least 1 and below half of " +
                                                 std::to_string(n) + " rows are wanted");
  const Distances in_truth(rows, metric), on_map(places, Metric::euclidean);
  const Penalties all = context.pool.parallel_reduce<Penalties>(
      n, kRowsAtOnce, {},
      [&](std::size_t begin, std::size_t end) {
        Penalties part;
        Matrix<float> products = Matrix<float>::uninitialized(end - begin, n);
        std::vector<double> truth, map;
        in_truth.write(begin, end, products, truth);
        on_map.write(begin, end, products, map);
        std::vector<std::uint32_t> order, truth_ranks, map_ranks;
        for (std::size_t r = begin; r < end; ++r) {
          ranks_of(std::span(truth).subspan((r - begin) * n, n), r, order, truth_ranks);
          ranks_of(std::span(map).subspan((r - begin) * n, n), r, order, map_ranks);
          for (std::size_t c = 0; c < n; ++c) {
            if (c == r) continue;
            const bool near_truth = truth_ranks[c] <= k, near_map = map_ranks[c] <= k;
            if (near_map && !near_truth) part.strangers += static_cast<double>(truth_ranks[c] - k);
            if (near_truth && !near_map) part.lost += static_cast<double>(map_ranks[c] - k);
            part.kept += near_truth && near_map ? 1 : 0;
          }
        }
        return part;
      },
      [](Penalties total, const Penalties& part) {
        return Penalties{total.strangers + part.strangers, total.lost + part.lost, total.kept + part.kept};
      },
      &context.cancel);
  const auto dn = static_cast<double>(n), dk = static_cast<double>(k);
  const double scale = 2 / (dn * dk * (2 * dn - 3 * dk - 1));
  return {1 - scale * all.strangers, 1 - scale * all.lost, all.kept / (dn * dk)};
}

double neighbor_accuracy(MatrixView<const float> places, std::span<const std::int32_t> labels, std::size_t k, Context& context) {
  if (labels.size() != places.rows())
    throw Error(ErrorCode::mismatch,
                "neighbour accuracy: " + std::to_string(labels.size()) + " labels for " + std::to_string(places.rows()) + " places");
  const KnnGraph neighbours = knn_graph(places, {.k = k, .exact = true}, context);
  std::size_t n_right = 0;
  std::map<std::int32_t, std::size_t> votes;
  for (std::size_t r = 0; r < places.rows(); ++r) {
    votes.clear();
    for (const std::uint32_t id : neighbours.ids.row(r)) ++votes[labels[id]];
    const auto most = std::ranges::max_element(votes, {}, [](const auto& vote) { return vote.second; });
    n_right += most != votes.end() && most->first == labels[r] ? 1 : 0;
  }
  return static_cast<double>(n_right) / static_cast<double>(places.rows());
}

}  // namespace akin
