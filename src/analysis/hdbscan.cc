#include "akin/analysis/hdbscan.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/space/normalize.h"
#include "single_linkage.h"
#include "spanning_tree.h"
#include "unit_rows.h"

namespace akin {
namespace {

/// The root is a cluster of the rows that stay to its end, or that are as dense as epsilon asks.
bool stays_in_root(double lambda, double death, const SelectionOptions& options) {
  return options.epsilon > 0 ? lambda >= 1 / options.epsilon : lambda >= death;
}

}  // namespace

void reselect(HdbscanResult& result, const SelectionOptions& options) {
  const CondensedTree& tree = result.tree;
  result.selected = select_clusters(tree, options);
  const std::vector<std::int32_t> label_of = labels_of_clusters(tree, result.selected);
  const std::size_t n = tree.cluster_of.size();
  result.labels.assign(n, -1);
  result.probabilities.assign(n, 0);
  for (std::size_t r = 0; r < n; ++r) {
    const std::int32_t from = tree.cluster_of[r], label = label_of[static_cast<std::size_t>(from)];
    if (label < 0) continue;
    const auto cluster = static_cast<std::size_t>(result.selected[static_cast<std::size_t>(label)]);
    const double death = tree.clusters[cluster].death;
    if (cluster == 0 && !stays_in_root(tree.lambda[r], death, options)) continue;
    result.labels[r] = label;
    result.probabilities[r] = static_cast<float>(death > 0 ? std::min(1.0, tree.lambda[r] / death) : 1.0);
  }
}

HdbscanResult hdbscan(MatrixView<const float> rows, const HdbscanOptions& options, Context& context) {
  check_rows(rows, "HDBSCAN", context);
  require(options.min_cluster_size >= 2, "HDBSCAN: min_cluster_size must be at least 2");
  require(options.metric == Metric::euclidean || options.metric == Metric::cosine, "HDBSCAN: the metric is euclidean or cosine");
  require(rows.rows() < 0x8000'0000U, "HDBSCAN: 2^31 vectors or more");
  const bool by_angle = options.metric == Metric::cosine;
  const analysis::UnitRows work(rows, by_angle, context);
  const std::size_t min_samples = options.min_samples > 0 ? options.min_samples : options.min_cluster_size;
  analysis::SpanningTree tree = analysis::spanning_tree(work.view(), min_samples, context);
  HdbscanResult result;
  result.tree = condense(analysis::single_linkage(std::move(tree.edges), by_angle), options.min_cluster_size);
  result.cores = std::move(tree.cores);
  for (float& core : result.cores) core = by_angle ? core / 2 : std::sqrt(core);
  reselect(result, options.select);
  return result;
}

}  // namespace akin
