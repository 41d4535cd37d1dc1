// Soft membership and the placing of new rows, of hdbscan.h. Tested by hdbscan_membership_test.cc.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "akin/analysis/hdbscan.h"
#include "akin/analysis/knn_graph.h"
#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/kernels/distance.h"
#include "unit_rows.h"

namespace akin {
namespace {

constexpr std::size_t kRowsAtOnce = 64;
// Added to densities that others are divided by, as hdbscan does it.
constexpr double kLittle = 1e-8;
// Of the memberships, and of what they are reckoned from: a million rows of clusters of five would take hundreds of gigabytes.
constexpr std::size_t kMostBytes = std::size_t{8} * 1024 * 1024 * 1024;

void check_size(std::size_t n_rows, const HdbscanResult& result) {
  const std::size_t wanted = result.n_clusters() * (n_rows * sizeof(float) + result.tree.clusters.size() * sizeof(double));
  if (wanted > kMostBytes)
    throw Error(ErrorCode::limit, "HDBSCAN: how much each of " + std::to_string(n_rows) + " vectors belongs to each of " +
                                      std::to_string(result.n_clusters()) + " clusters takes " + std::to_string(wanted / 1'000'000'000) +
                                      " GB, " + std::to_string(kMostBytes / 1'000'000'000) +
                                      " GB are allowed; a larger min_cluster_size leaves fewer clusters");
}

/// The densest rows of each chosen cluster: those that stay to the end in the leaves at or below it.
struct Exemplars {
  Matrix<float> rows;
  std::vector<std::size_t> first;  ///< of each label; at the end their number
};

Exemplars exemplars_of(MatrixView<const float> rows, const HdbscanResult& result) {
  const CondensedTree& tree = result.tree;
  const std::vector<std::int32_t> label = labels_of_clusters(tree, result.selected);
  std::vector<bool> is_leaf(tree.clusters.size(), true);
  for (std::size_t c = 1; c < tree.clusters.size(); ++c) is_leaf[static_cast<std::size_t>(tree.clusters[c].parent)] = false;
  std::vector<std::vector<std::size_t>> ids(result.n_clusters());
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    const auto cluster = static_cast<std::size_t>(tree.cluster_of[r]);
    if (is_leaf[cluster] && label[cluster] >= 0 && tree.lambda[r] == tree.clusters[cluster].death)
      ids[static_cast<std::size_t>(label[cluster])].push_back(r);
  }
  Exemplars out;
  out.first.push_back(0);
  for (const auto& of_label : ids) out.first.push_back(out.first.back() + of_label.size());
  out.rows = Matrix<float>::uninitialized(out.first.back(), rows.cols());
  std::size_t n = 0;
  for (const auto& of_label : ids)
    for (const std::size_t r : of_label) std::ranges::copy(rows.row(r), out.rows.row(n++).begin());
  return out;
}

/// The density at which a cluster of the tree and a chosen one part ways; NaN where one is at or above the other.
Matrix<double> parting_densities(const HdbscanResult& result) {
  const auto& clusters = result.tree.clusters;
  Matrix<double> out(clusters.size(), result.n_clusters());
  for (std::size_t c = 0; c < clusters.size(); ++c) {
    for (std::size_t l = 0; l < result.n_clusters(); ++l) {
      // Parents have lower numbers than their children: the higher one steps up.
      auto a = static_cast<std::int32_t>(c), b = result.selected[l], last = a;
      bool a_rose = false, b_rose = false;
      while (a != b) {
        std::int32_t& higher = a > b ? a : b;
        (a > b ? a_rose : b_rose) = true;
        last = higher;
        higher = clusters[static_cast<std::size_t>(higher)].parent;
      }
      out(c, l) = a_rose && b_rose ? clusters[static_cast<std::size_t>(last)].birth : std::numeric_limits<double>::quiet_NaN();
    }
  }
  return out;
}

/// 1 / the distance to the nearest exemplar of each label; as good as infinite where a row is one.
void nearness(MatrixView<const float> some, const Exemplars& exemplars, bool by_angle, MatrixView<double> out) {
  Matrix<float> squares = Matrix<float>::uninitialized(some.rows(), exemplars.rows.rows());
  kernels::squared_l2_tile(some, exemplars.rows.view(), squares.view());
  for (std::size_t i = 0; i < some.rows(); ++i) {
    for (std::size_t l = 0; l < out.cols(); ++l) {
      const auto of_label = squares.row(i).subspan(exemplars.first[l], exemplars.first[l + 1] - exemplars.first[l]);
      const auto least = static_cast<double>(*std::ranges::min_element(of_label));
      const double distance = by_angle ? least / 2 : std::sqrt(least);
      out(i, l) = distance > 0 ? 1 / distance : std::numeric_limits<double>::max() / static_cast<double>(out.cols());
    }
  }
}

void scale_to_sum(std::span<double> numbers, double wanted) {
  double sum = 0;
  for (const double x : numbers) sum += x;
  if (sum > 0)
    for (double& x : numbers) x = x / sum * wanted;
}

/// Of one row: `near` is what nearness() gave, and becomes the membership.
void weigh(std::size_t row, const HdbscanResult& result, const Matrix<double>& partings, std::span<double> near) {
  const CondensedTree& tree = result.tree;
  const auto cluster = static_cast<std::size_t>(tree.cluster_of[row]);
  const double lambda = tree.lambda[row], end = tree.clusters[cluster].death + kLittle;
  std::vector<double> outlying;
  double highest = 0;
  std::size_t nearest = 0;
  for (std::size_t l = 0; l < near.size(); ++l) {
    const double height = std::isnan(partings(cluster, l)) ? lambda : partings(cluster, l);
    outlying.push_back(std::exp(std::exp(-end / height)));
    if (height > highest) highest = height, nearest = l;
  }
  scale_to_sum(outlying, 1);
  scale_to_sum(near, 1);
  for (std::size_t l = 0; l < near.size(); ++l) near[l] *= outlying[l];
  const double in_some = highest / std::max(tree.clusters[static_cast<std::size_t>(result.selected[nearest])].death, lambda);
  scale_to_sum(near, in_some);
}

/// Where a new row joins the tree.
struct Joining {
  std::uint32_t row = 0;
  double lambda = 0;
};

Joining join(const KnnGraph& near, std::size_t row, std::size_t min_samples, bool by_angle, const std::vector<float>& cores) {
  const auto distance = [&](std::size_t j) {
    const auto d = static_cast<double>(near.distances(row, j));
    return by_angle ? d * d / 2 : d;
  };
  const double core = distance(min_samples - 1);
  double reach = std::numeric_limits<double>::infinity();
  Joining out;
  for (std::size_t j = 0; j < near.k(); ++j) {
    const std::uint32_t to = near.ids(row, j);
    const double its_reach = std::max({distance(j), core, static_cast<double>(cores[to])});
    if (its_reach < reach) reach = its_reach, out.row = to;
  }
  out.lambda = reach > 0 ? 1 / reach : std::numeric_limits<double>::max();
  return out;
}

/// The cluster of the row that is joined, as it is at that density.
std::size_t cluster_at(const CondensedTree& tree, const Joining& joining) {
  auto cluster = static_cast<std::size_t>(tree.cluster_of[joining.row]);
  if (tree.lambda[joining.row] <= joining.lambda) return cluster;
  while (cluster > 0 && tree.clusters[cluster].birth >= joining.lambda) cluster = static_cast<std::size_t>(tree.clusters[cluster].parent);
  return cluster;
}

}  // namespace

Matrix<float> hdbscan_membership(MatrixView<const float> rows, const HdbscanResult& result, const HdbscanOptions& options,
                                 Context& context) {
  if (rows.rows() != result.labels.size())
    throw Error(ErrorCode::mismatch, "HDBSCAN: " + std::to_string(result.labels.size()) + " vectors were clustered, " +
                                         std::to_string(rows.rows()) + " are given");
  check_size(rows.rows(), result);
  Matrix<float> out(rows.rows(), result.n_clusters());
  if (result.n_clusters() == 0) return out;
  const bool by_angle = options.metric == Metric::cosine;
  const analysis::UnitRows work(rows, by_angle, context);
  const Exemplars exemplars = exemplars_of(work.view(), result);
  const Matrix<double> partings = parting_densities(result);
  context.progress.begin("membership", rows.rows(), "vectors");
  context.parallel_for(rows.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    Matrix<double> near(end - begin, result.n_clusters());
    nearness(work.view().middle_rows(begin, end - begin), exemplars, by_angle, near.view());
    for (std::size_t r = begin; r < end; ++r) {
      weigh(r, result, partings, near.row(r - begin));
      std::ranges::transform(near.row(r - begin), out.row(r).begin(), [](double x) { return static_cast<float>(x); });
    }
    context.progress.advance(end - begin);
  });
  context.progress.end();
  return out;
}

HdbscanPrediction hdbscan_predict(MatrixView<const float> new_rows, MatrixView<const float> rows, const HdbscanResult& result,
                                  const HdbscanOptions& options, Context& context) {
  require(rows.rows() == result.labels.size(), "HDBSCAN: other vectors than those that were clustered");
  const bool by_angle = options.metric == Metric::cosine;
  const analysis::UnitRows known(rows, by_angle, context), asked(new_rows, by_angle, context);
  const std::size_t min_samples = options.min_samples > 0 ? options.min_samples : options.min_cluster_size;
  KnnOptions how;
  how.k = 2 * min_samples;
  how.exact = true;
  const KnnGraph near = knn_of(asked.view(), known.view(), how, context);
  const std::vector<std::int32_t> label_of = labels_of_clusters(result.tree, result.selected);
  HdbscanPrediction out{std::vector<std::int32_t>(new_rows.rows(), -1), std::vector<float>(new_rows.rows())};
  for (std::size_t r = 0; r < new_rows.rows(); ++r) {
    const Joining joining = join(near, r, std::min(min_samples, near.k()), by_angle, result.cores);
    const std::int32_t label = label_of[cluster_at(result.tree, joining)];
    if (label < 0) continue;
    const double death = result.tree.clusters[static_cast<std::size_t>(result.selected[static_cast<std::size_t>(label)])].death;
    out.labels[r] = label;
    out.probabilities[r] = static_cast<float>(death > 0 ? std::min(1.0, joining.lambda / death) : 1.0);
  }
  return out;
}

}  // namespace akin
