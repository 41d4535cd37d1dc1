#include "akin/analysis/condensed_tree.h"

#include <algorithm>
#include <deque>
#include <limits>

#include "akin/base/error.h"

namespace akin {
namespace {

using Cluster = CondensedTree::Cluster;

class Condenser {
 public:
  Condenser(const Linkage& linkage, std::size_t min_cluster_size) : linkage_(linkage), least_(min_cluster_size) {
    const std::size_t n = linkage.n_things();
    tree_.cluster_of.assign(n, 0);
    tree_.lambda.assign(n, 0);
    const auto first = std::ranges::find_if(linkage.merges, [](const Merge& merge) { return merge.distance > 0; });
    largest_lambda_ = first == linkage.merges.end() ? 1 : 1 / first->distance;
  }

  CondensedTree run() {
    const std::size_t n = linkage_.n_things();
    tree_.clusters.push_back({-1, n, 0, 0, 0});
    queue_.push_back({static_cast<std::uint32_t>(2 * n - 2), 0});
    while (!queue_.empty()) {
      const Walk walk = queue_.front();
      queue_.pop_front();
      step(walk);
    }
    return std::move(tree_);
  }

 private:
  /// A node of the linkage, and the cluster that it is part of.
  struct Walk {
    std::uint32_t node = 0;
    std::int32_t cluster = 0;
  };

  [[nodiscard]] std::size_t size_of(std::uint32_t node) const noexcept {
    return node < linkage_.n_things() ? 1 : linkage_.merges[node - linkage_.n_things()].size;
  }

  void step(const Walk& walk) {
    if (walk.node < linkage_.n_things()) return fall_out(walk, largest_lambda_);  // a tree of one point
    const Merge& merge = linkage_.merges[walk.node - linkage_.n_things()];
    if (!(merge.distance > 0)) return fall_out(walk, largest_lambda_);
    const double lambda = 1 / merge.distance;
    const bool is_large[] = {size_of(merge.a) >= least_, size_of(merge.b) >= least_};
    const std::uint32_t side[] = {merge.a, merge.b};
    for (int i = 0; i < 2; ++i) {
      if (!is_large[i]) {
        fall_out({side[i], walk.cluster}, lambda);
      } else if (is_large[1 - i]) {
        split_off({side[i], walk.cluster}, lambda);
      } else {
        queue_.push_back({side[i], walk.cluster});
      }
    }
  }

  void leave(std::int32_t cluster, double lambda, std::size_t n_points) {
    Cluster& from = tree_.clusters[static_cast<std::size_t>(cluster)];
    from.death = std::max(from.death, lambda);
    from.stability += (lambda - from.birth) * static_cast<double>(n_points);
  }

  void split_off(const Walk& walk, double lambda) {
    leave(walk.cluster, lambda, size_of(walk.node));
    tree_.clusters.push_back({walk.cluster, size_of(walk.node), lambda, 0, 0});
    queue_.push_back({walk.node, static_cast<std::int32_t>(tree_.clusters.size() - 1)});
  }

  /// All points of a node.
  void fall_out(const Walk& walk, double lambda) {
    std::vector<std::uint32_t> nodes = {walk.node};
    while (!nodes.empty()) {
      const std::uint32_t node = nodes.back();
      nodes.pop_back();
      if (node >= linkage_.n_things()) {
        const Merge& merge = linkage_.merges[node - linkage_.n_things()];
        nodes.push_back(merge.b);
        nodes.push_back(merge.a);
        continue;
      }
      tree_.cluster_of[node] = walk.cluster;
      tree_.lambda[node] = lambda;
      leave(walk.cluster, lambda, 1);
    }
  }

  const Linkage& linkage_;
  std::size_t least_;
  double largest_lambda_ = 1;
  CondensedTree tree_;
  std::deque<Walk> queue_;
};

/// Clusters below each one.
std::vector<std::vector<std::int32_t>> children_of(const CondensedTree& tree) {
  std::vector<std::vector<std::int32_t>> out(tree.clusters.size());
  for (std::size_t c = 1; c < tree.clusters.size(); ++c)
    out[static_cast<std::size_t>(tree.clusters[c].parent)].push_back(static_cast<std::int32_t>(c));
  return out;
}

/// Of those that are marked, the ones that none marked is above.
std::vector<std::int32_t> topmost(const CondensedTree& tree, const std::vector<bool>& is_marked) {
  std::vector<bool> is_below(tree.clusters.size());
  std::vector<std::int32_t> out;
  for (std::size_t c = 0; c < tree.clusters.size(); ++c) {
    const std::int32_t parent = tree.clusters[c].parent;
    is_below[c] = parent >= 0 && (is_below[static_cast<std::size_t>(parent)] || is_marked[static_cast<std::size_t>(parent)]);
    if (is_marked[c] && !is_below[c]) out.push_back(static_cast<std::int32_t>(c));
  }
  return out;
}

std::vector<std::int32_t> most_stable(const CondensedTree& tree, const SelectionOptions& options) {
  const auto children = children_of(tree);
  const std::size_t limit = options.max_cluster_size > 0 ? options.max_cluster_size : std::numeric_limits<std::size_t>::max();
  std::vector<double> best(tree.clusters.size());  // stability of what is chosen at a cluster or below
  std::vector<bool> is_chosen(tree.clusters.size());
  for (std::size_t c = tree.clusters.size(); c-- > (options.allow_single_cluster ? 0U : 1U);) {
    double below = 0;
    for (const std::int32_t child : children[c]) below += best[static_cast<std::size_t>(child)];
    const double own = tree.clusters[c].stability;
    is_chosen[c] = !(below > own) && tree.clusters[c].size <= limit;
    best[c] = is_chosen[c] ? own : below;
  }
  return topmost(tree, is_chosen);
}

std::vector<std::int32_t> leaves_of(const CondensedTree& tree) {
  const auto children = children_of(tree);
  std::vector<std::int32_t> out;
  for (std::size_t c = 1; c < tree.clusters.size(); ++c)
    if (children[c].empty()) out.push_back(static_cast<std::int32_t>(c));
  return out;
}

/// The nearest cluster at or above that split off at `epsilon` or more; else the one below the root, or the root if it may be.
std::int32_t above_epsilon(const CondensedTree& tree, std::int32_t cluster, const SelectionOptions& options) {
  while (true) {
    const std::int32_t parent = tree.clusters[static_cast<std::size_t>(cluster)].parent;
    if (parent <= 0) return options.allow_single_cluster && parent == 0 ? parent : cluster;
    if (1 / tree.clusters[static_cast<std::size_t>(parent)].birth > options.epsilon) return parent;
    cluster = parent;
  }
}

std::vector<std::int32_t> apply_epsilon(const CondensedTree& tree, const std::vector<std::int32_t>& chosen,
                                        const SelectionOptions& options) {
  std::vector<bool> is_chosen(tree.clusters.size());
  for (const std::int32_t cluster : chosen) {
    const double birth = tree.clusters[static_cast<std::size_t>(cluster)].birth;
    const bool is_late = birth > 0 && 1 / birth < options.epsilon;
    is_chosen[static_cast<std::size_t>(is_late ? above_epsilon(tree, cluster, options) : cluster)] = true;
  }
  return topmost(tree, is_chosen);
}

}  // namespace

CondensedTree condense(const Linkage& linkage, std::size_t min_cluster_size) {
  require(min_cluster_size >= 2, "HDBSCAN: min_cluster_size must be at least 2");
  return Condenser(linkage, min_cluster_size).run();
}

std::vector<std::int32_t> select_clusters(const CondensedTree& tree, const SelectionOptions& options) {
  require(options.epsilon >= 0, "HDBSCAN: epsilon must not be negative");
  std::vector<std::int32_t> chosen = options.selection == ClusterSelection::eom ? most_stable(tree, options) : leaves_of(tree);
  if (chosen.empty() && options.allow_single_cluster) chosen.push_back(0);
  return options.epsilon > 0 ? apply_epsilon(tree, chosen, options) : chosen;
}

std::vector<std::int32_t> labels_of_clusters(const CondensedTree& tree, const std::vector<std::int32_t>& selected) {
  std::vector<std::int32_t> labels(tree.clusters.size(), -1);
  for (std::size_t l = 0; l < selected.size(); ++l) labels[static_cast<std::size_t>(selected[l])] = static_cast<std::int32_t>(l);
  for (std::size_t c = 1; c < labels.size(); ++c)
    if (labels[c] < 0) labels[c] = labels[static_cast<std::size_t>(tree.clusters[c].parent)];
  return labels;
}

}  // namespace akin
