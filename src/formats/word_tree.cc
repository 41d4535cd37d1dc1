#include "akin/formats/word_tree.h"

#include <algorithm>

#include "akin/base/error.h"

namespace akin {

WordTree::WordTree(std::span<const std::uint64_t> counts) {
  // Leaves 0 … n − 1 by falling count, inner nodes n … 2n − 2 by rising weight: the two lightest are always at the ends of the two rows.
  const std::size_t n = counts.size();
  require(n > 0, "a tree of no leaves");
  std::vector<std::uint64_t> weight(counts.begin(), counts.end());
  std::vector<std::uint32_t> parent(2 * n - 1, 0);
  std::vector<bool> is_right(2 * n - 1, false);
  std::size_t leaf = n, inner = n;  // leaf: one past the lightest that is free
  const auto lightest = [&]() -> std::size_t {
    const bool take_leaf = leaf > 0 && (inner >= weight.size() || weight[leaf - 1] < weight[inner]);
    return take_leaf ? --leaf : inner++;
  };
  for (std::size_t node = n; node < 2 * n - 1; ++node) {
    const std::size_t left = lightest(), right = lightest();
    weight.push_back(weight[left] + weight[right]);
    parent[left] = parent[right] = static_cast<std::uint32_t>(node);
    is_right[right] = true;
  }
  begins_.push_back(0);
  for (std::size_t word = 0; word < n; ++word) {
    for (std::size_t node = word; node != 2 * n - 2; node = parent[node])
      steps_.push_back({parent[node] - static_cast<std::uint32_t>(n), !is_right[node]});
    std::reverse(steps_.begin() + static_cast<std::ptrdiff_t>(begins_.back()), steps_.end());
    begins_.push_back(steps_.size());
  }
}

}  // namespace akin
