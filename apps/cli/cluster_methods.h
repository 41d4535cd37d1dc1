// The ways in which `akin cluster` groups vectors.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "akin/akin.h"
#include "akin/analysis/agglomerative.h"
#include "akin/analysis/dbscan.h"
#include "akin/analysis/hdbscan.h"
#include "cluster_output.h"
#include "command.h"

namespace akin::cli {

struct ClusterOptions {
  std::string method = "kmeans", metric = "euclidean";
  std::string k = "silhouette";  ///< a number, or how it is chosen
  KMeansOptions kmeans;
  std::string start_file;  ///< centres that k-means begins from
  std::size_t batch = 4096;
  HdbscanOptions hdbscan;
  std::string selection = "eom";
  std::string linkage = "ward";
  double distance = 0;  ///< where a tree is cut, and that of DBSCAN's neighbours
  std::size_t min_samples = 0;
  bool join_outliers = false;
  std::string tree_file, membership_file;
};

void add_cluster_options(CLI::App& verb, ClusterOptions& options);
/// Mistakes that show before anything is read. Throws UsageError.
void check_cluster_options(const ClusterOptions& options);
Clustering cluster_by(const ClusterOptions& options, const AnalysisItems& items, Context& context);

}  // namespace akin::cli
