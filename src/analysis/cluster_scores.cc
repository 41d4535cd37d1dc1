#include "akin/analysis/cluster_scores.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "akin/analysis/central_rows.h"
#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/kernels/distance.h"
#include "akin/space/normalize.h"

namespace akin {
namespace {

// Rows of a tile of distances, both ways: a tile and its factors stay in a core's cache.
constexpr std::size_t kRowsOfTile = 64;
constexpr std::size_t kOthersOfTile = 256;

/// Rows of a label other than −1, those of a cluster together, with clusters numbered through.
struct Grouped {
  Matrix<float> rows;
  std::vector<std::size_t> first;       ///< row of each cluster; at the end their number
  std::vector<std::size_t> cluster_of;  ///< a row
  [[nodiscard]] std::size_t n_clusters() const noexcept { return first.size() - 1; }
  [[nodiscard]] std::size_t size_of(std::size_t cluster) const noexcept { return first[cluster + 1] - first[cluster]; }
};

/// The rows of a label other than −1, or a sample of them.
std::vector<std::size_t> chosen_rows(std::span<const std::int32_t> labels, std::size_t sample, std::uint64_t seed) {
  std::vector<std::size_t> chosen;
  for (std::size_t r = 0; r < labels.size(); ++r)
    if (labels[r] != -1) chosen.push_back(r);
  if (sample == 0 || sample >= chosen.size()) return chosen;
  Rng rng(seed);
  for (std::size_t i = 0; i < sample; ++i) std::swap(chosen[i], chosen[i + rng.below(chosen.size() - i)]);
  chosen.resize(sample);
  std::ranges::sort(chosen);
  return chosen;
}

Grouped group(MatrixView<const float> rows, std::span<const std::int32_t> labels, std::size_t sample, Context& context) {
  if (labels.size() != rows.rows())
    throw Error(ErrorCode::mismatch, std::to_string(rows.rows()) + " vectors have " + std::to_string(labels.size()) + " labels");
  check_rows(rows, "scores of clusters", context);
  std::map<std::int32_t, std::vector<std::size_t>> members;
  for (const std::size_t r : chosen_rows(labels, sample, context.seed)) members[labels[r]].push_back(r);
  Grouped out;
  std::size_t n = 0;
  for (const auto& [label, ids] : members) n += ids.size();
  if (members.size() < 2 || members.size() >= n)
    throw Error(ErrorCode::invalid_argument, "scores of clusters need at least two clusters and fewer than vectors; there are " +
                                                 std::to_string(members.size()) + " of " + std::to_string(n) + " vectors");
  out.rows = Matrix<float>::uninitialized(n, rows.cols());
  n = 0;
  for (const auto& [label, ids] : members) {
    out.first.push_back(n);
    for (const std::size_t r : ids) {
      out.cluster_of.push_back(out.first.size() - 1);
      std::ranges::copy(rows.row(r), out.rows.row(n++).begin());
    }
  }
  out.first.push_back(n);
  return out;
}

/// Sums of the distances from some rows to those of each cluster.
void add_distances(const Grouped& grouped, std::size_t begin, bool by_angle, MatrixView<double> sums) {
  Matrix<float> tile = Matrix<float>::uninitialized(kRowsOfTile, kOthersOfTile);
  const MatrixView<const float> some = grouped.rows.view().middle_rows(begin, sums.rows());
  for (std::size_t first = 0; first < grouped.rows.rows(); first += kOthersOfTile) {
    const std::size_t count = std::min(kOthersOfTile, grouped.rows.rows() - first);
    const MatrixView<float> squares = tile.view().middle_rows(0, sums.rows()).middle_cols(0, count);
    kernels::squared_l2_tile(some, grouped.rows.view().middle_rows(first, count), squares);
    for (std::size_t i = 0; i < sums.rows(); ++i)
      for (std::size_t j = 0; j < count; ++j) {
        const auto square = static_cast<double>(squares(i, j));
        // At length 1 the cosine distance is half the square of the Euclidean one.
        sums(i, grouped.cluster_of[first + j]) += by_angle ? square / 2 : std::sqrt(square);
      }
  }
}

double silhouette_of(const Grouped& grouped, std::size_t row, std::span<const double> sums) {
  const std::size_t own = grouped.cluster_of[row];
  if (grouped.size_of(own) == 1) return 0;
  const double within = sums[own] / static_cast<double>(grouped.size_of(own) - 1);
  double nearest = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < grouped.n_clusters(); ++c)
    if (c != own) nearest = std::min(nearest, sums[c] / static_cast<double>(grouped.size_of(c)));
  const double larger = std::max(within, nearest);
  return larger > 0 ? (nearest - within) / larger : 0;
}

}  // namespace

double silhouette(MatrixView<const float> rows, std::span<const std::int32_t> labels, const SilhouetteOptions& options, Context& context) {
  require(options.metric == Metric::euclidean || options.metric == Metric::cosine, "silhouette: the metric is euclidean or cosine");
  Grouped grouped = group(rows, labels, options.sample, context);
  const bool by_angle = options.metric == Metric::cosine;
  if (by_angle) normalize_rows(grouped.rows.view(), context);
  const std::size_t n = grouped.rows.rows();
  context.progress.begin("silhouette", n, "vectors");
  const double total = context.pool.parallel_reduce(
      n, kRowsOfTile, 0.0,
      [&](std::size_t begin, std::size_t end) {
        Matrix<double> sums(end - begin, grouped.n_clusters());
        add_distances(grouped, begin, by_angle, sums.view());
        double sum = 0;
        for (std::size_t r = begin; r < end; ++r) sum += silhouette_of(grouped, r, sums.row(r - begin));
        context.progress.advance(end - begin);
        return sum;
      },
      [](double a, double b) { return a + b; }, &context.cancel);
  context.progress.end();
  return total / static_cast<double>(n);
}

double davies_bouldin(MatrixView<const float> rows, std::span<const std::int32_t> labels, Context& context) {
  const Grouped grouped = group(rows, labels, 0, context);
  const std::vector<std::int32_t> numbered(grouped.cluster_of.begin(), grouped.cluster_of.end());
  const Matrix<float> centres = cluster_means(grouped.rows.view(), numbered, context);
  std::vector<double> spread(grouped.n_clusters());
  context.parallel_for(spread.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t c = begin; c < end; ++c) {
      for (std::size_t r = grouped.first[c]; r < grouped.first[c + 1]; ++r)
        spread[c] += std::sqrt(static_cast<double>(kernels::squared_l2(grouped.rows.row(r), centres.row(c))));
      spread[c] /= static_cast<double>(grouped.size_of(c));
    }
  });
  double sum = 0;
  for (std::size_t a = 0; a < spread.size(); ++a) {
    double worst = 0;
    for (std::size_t b = 0; b < spread.size(); ++b) {
      const double apart = std::sqrt(static_cast<double>(kernels::squared_l2(centres.row(a), centres.row(b))));
      if (a != b && apart > 0) worst = std::max(worst, (spread[a] + spread[b]) / apart);
    }
    sum += worst;
  }
  return sum / static_cast<double>(spread.size());
}

}  // namespace akin
