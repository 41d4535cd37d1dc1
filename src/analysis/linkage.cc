#include "akin/analysis/linkage.h"

#include <algorithm>
#include <string>

#include "akin/base/error.h"
#include "parts.h"

namespace akin {
namespace {

/// After the first `n_merges`.
std::vector<std::int32_t> clusters_after(const Linkage& linkage, std::size_t n_merges) {
  const std::size_t n = linkage.n_things();
  analysis::Parts parts(n);
  std::vector<std::uint32_t> member(n + n_merges);  // a thing of each node
  for (std::uint32_t i = 0; i < n; ++i) member[i] = i;
  for (std::size_t m = 0; m < n_merges; ++m) {
    const Merge& merge = linkage.merges[m];
    member[n + m] = member[merge.a];
    parts.join(member[merge.a], member[merge.b]);
  }
  std::vector<std::int32_t> number(n, -1), labels(n);
  std::int32_t n_clusters = 0;
  for (std::uint32_t i = 0; i < n; ++i) {
    std::int32_t& of_part = number[parts.of(i)];
    if (of_part < 0) of_part = n_clusters++;
    labels[i] = of_part;
  }
  return labels;
}

}  // namespace

std::vector<std::int32_t> cut_at_distance(const Linkage& linkage, double distance) {
  const auto first = std::ranges::find_if(linkage.merges, [&](const Merge& merge) { return merge.distance > distance; });
  return clusters_after(linkage, static_cast<std::size_t>(first - linkage.merges.begin()));
}

std::vector<std::int32_t> cut_to_clusters(const Linkage& linkage, std::size_t k) {
  const std::size_t n = linkage.n_things();
  if (k == 0 || k > n)
    throw Error(ErrorCode::invalid_argument,
                "a tree of " + std::to_string(n) + " has 1 to " + std::to_string(n) + " clusters, not " + std::to_string(k));
  return clusters_after(linkage, n - k);
}

}  // namespace akin
