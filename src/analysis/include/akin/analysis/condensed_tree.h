// The tree of HDBSCAN's clusters: a linkage in which a split counts only if both sides are large enough; else what splits off falls out of
// the cluster, which goes on (Campello et al., 2013). Densities are λ = 1 / distance. Tested by condensed_tree_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "akin/analysis/linkage.h"

namespace akin {

struct CondensedTree {
  struct Cluster {
    std::int32_t parent = -1;  ///< a cluster before it; −1: the root, which is cluster 0
    std::size_t size = 0;      ///< points, when it began
    double birth = 0;          ///< λ at which it split off; 0 for the root
    double death = 0;          ///< the largest λ at which a point or a cluster leaves it
    double stability = 0;      ///< Σ (λ − birth) over the points that leave it, one by one or in clusters
  };
  std::vector<Cluster> clusters;
  std::vector<std::int32_t> cluster_of;  ///< a point: the cluster that it falls out of
  std::vector<double> lambda;            ///< a point: when
};

/// min_cluster_size ≥ 2. A distance of 0 counts as the least one above 0, and never splits a cluster in two.
CondensedTree condense(const Linkage& linkage, std::size_t min_cluster_size);

enum class ClusterSelection {
  eom,   ///< excess of mass: the most stable clusters, none above or below another
  leaf,  ///< the clusters that have none below them: many, small, alike in size
};

struct SelectionOptions {
  ClusterSelection selection = ClusterSelection::eom;
  double epsilon = 0;  ///< clusters that split off at a smaller distance are given back to the ones above (Malzer & Baum, 2020)
  bool allow_single_cluster = false;  ///< lets the root be a cluster
  std::size_t max_cluster_size = 0;   ///< of eom: larger clusters are not chosen, but for leaves; 0: no limit
};

/// Clusters of the tree, rising.
std::vector<std::int32_t> select_clusters(const CondensedTree& tree, const SelectionOptions& options);

/// The number in `selected` of the chosen cluster at or above each one of the tree; −1 where there is none.
std::vector<std::int32_t> labels_of_clusters(const CondensedTree& tree, const std::vector<std::int32_t>& selected);

}  // namespace akin
