#include "akin/index/recall.h"

#include <algorithm>

#include "akin/base/error.h"

namespace akin {

double recall_of(std::span<const std::vector<Neighbor>> found, std::span<const std::vector<Neighbor>> truth) {
  require(found.size() == truth.size(), "recall_of: there must be as many lists of hits as of true neighbours");
  std::size_t n_found = 0, n_true = 0;
  for (std::size_t q = 0; q < truth.size(); ++q) {
    if (truth[q].empty()) continue;
    const auto near = std::ranges::count_if(found[q], [&](const Neighbor& hit) { return hit.distance <= truth[q].back().distance; });
    n_found += std::min(static_cast<std::size_t>(near), truth[q].size());
    n_true += truth[q].size();
  }
  return n_true == 0 ? 1 : static_cast<double>(n_found) / static_cast<double>(n_true);
}

}  // namespace akin
