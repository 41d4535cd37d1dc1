// A tree of clusters joined two by two, as scipy's linkage matrix has it: thing i is node i, merge m makes node n + m of two nodes before
// it. Cut by distance or by the number of clusters. Tested by linkage_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace akin {

struct Merge {
  std::uint32_t a = 0, b = 0;  ///< nodes, a < b
  double distance = 0;
  std::uint32_t size = 0;  ///< things in it
  friend bool operator==(const Merge&, const Merge&) = default;
};

struct Linkage {
  std::vector<Merge> merges;  ///< n − 1, the nearest first
  [[nodiscard]] std::size_t n_things() const noexcept { return merges.size() + 1; }
};

/// The clusters once all merges up to `distance` are made, numbered in the order of their lowest things.
std::vector<std::int32_t> cut_at_distance(const Linkage& linkage, double distance);
/// Exactly k clusters: the last k − 1 merges are undone. Throws Error{invalid_argument} unless 1 ≤ k ≤ n.
std::vector<std::int32_t> cut_to_clusters(const Linkage& linkage, std::size_t k);

}  // namespace akin
