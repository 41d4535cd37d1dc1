// What hdbscan found: tests/golden/analysis/density.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "akin/analysis/hdbscan.h"
#include "akin/formats/vector_file.h"
#include "golden_files.h"

namespace akin::golden {

struct DensityCases {
  explicit DensityCases(const std::string& name) : rows(VectorFile(path("analysis/density/" + name + "_rows.npy")).read()) {
    const nlohmann::json all = json(path("analysis/density/" + name + ".json"));
    cases = all["cases"], trees = all["trees"], dbscan = all["dbscan"];
  }
  Matrix<float> rows;
  nlohmann::json cases, trees, dbscan;
};

inline HdbscanOptions options_of(const nlohmann::json& wanted) {
  HdbscanOptions out;
  out.min_cluster_size = wanted["min_cluster_size"];
  out.min_samples = wanted["min_samples"];
  out.metric = metric_from(wanted["metric"].get<std::string>());
  const nlohmann::json& options = wanted["options"];
  if (options.value("cluster_selection_method", "eom") == "leaf") out.select.selection = ClusterSelection::leaf;
  out.select.epsilon = options.value("cluster_selection_epsilon", 0.0);
  out.select.allow_single_cluster = options.value("allow_single_cluster", false);
  out.select.max_cluster_size = options.value("max_cluster_size", std::size_t{0});
  return out;
}

/// Rows that leave their cluster at the very density at which clusters split: their core distance joins both sides, and which one they
/// go with hangs on the order of equal edges. hdbscan's own algorithms differ there from each other.
inline std::vector<bool> between_two(const CondensedTree& tree) {
  std::vector<bool> out;
  for (const double lambda : tree.lambda)
    out.push_back(std::ranges::any_of(
        tree.clusters, [&](const CondensedTree::Cluster& cluster) { return std::abs(cluster.birth - lambda) <= 1e-6 * lambda; }));
  return out;
}

}  // namespace akin::golden
