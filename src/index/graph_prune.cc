#include "graph_prune.h"

#include <algorithm>

namespace akin {
namespace {

// Of the candidates the nearest so many times `degree` are considered: a node that lost many neighbours has theirs to choose from.
constexpr std::size_t kConsidered = 4;

}  // namespace

GraphPrune::GraphPrune(const CodeTable& codes, float alpha) : codes_(&codes), alpha2_(alpha * alpha), room_(1, codes.query_size()) {}

// distances_[i] = the squared distance from `from` to nodes[i]; rounding may leave a little less than zero.
void GraphPrune::measure(std::uint32_t from, std::span<const std::uint32_t> nodes) {
  if (distances_.size() < nodes.size()) {
    distances_.resize(nodes.size());
    sums_.resize(nodes.size());
  }
  const CodeQuery query = codes_->row_as_query(from, room_.row(0));
  codes_->estimate(query, nodes, sums_, distances_);
  for (std::size_t i = 0; i < nodes.size(); ++i) distances_[i] = std::max(0.0F, distances_[i] + query.norm2);
}

std::span<const std::uint32_t> GraphPrune::choose(std::uint32_t node, std::vector<std::uint32_t>& candidates, std::size_t degree) {
  std::ranges::sort(candidates);
  // Not std::ranges::unique: clang 14 cannot build what it returns.
  const auto repeats = std::unique(candidates.begin(), candidates.end());
  candidates.erase(repeats, candidates.end());
  std::erase(candidates, node);
  measure(node, candidates);
  order_.clear();
  for (std::size_t i = 0; i < candidates.size(); ++i) order_.push_back({distances_[i], candidates[i]});
  if (const std::size_t most = kConsidered * degree; order_.size() > most) {
    std::nth_element(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(most), order_.end());
    order_.resize(most);
  }
  std::sort(order_.begin(), order_.end());
  left_.clear();
  left_distances_.clear();
  for (const LinkCandidate& candidate : order_) {
    left_.push_back(candidate.node);
    left_distances_.push_back(candidate.distance2);
  }
  chosen_.clear();
  while (!left_.empty() && chosen_.size() < degree) {
    const std::uint32_t nearest = left_.front();
    chosen_.push_back(nearest);
    const std::span<const std::uint32_t> others = std::span(left_).subspan(1);
    measure(nearest, others);
    std::size_t n = 0;
    for (std::size_t i = 0; i < others.size(); ++i) {
      if (alpha2_ * distances_[i] <= left_distances_[i + 1]) continue;
      left_[n] = left_[i + 1];
      left_distances_[n] = left_distances_[i + 1];
      ++n;
    }
    left_.resize(n);
    left_distances_.resize(n);
  }
  return chosen_;
}

}  // namespace akin
