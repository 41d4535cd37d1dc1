#include "akin/retrieval/fusion.h"

#include <algorithm>
#include <map>

namespace akin {

std::vector<FusedEntry> fuse_rankings(std::span<const std::vector<std::uint64_t>> rankings, std::size_t k) {
  std::map<std::uint64_t, double> scores;
  for (const std::vector<std::uint64_t>& ranking : rankings)
    for (std::size_t i = 0; i < ranking.size(); ++i) scores[ranking[i]] += 1 / (kFusionConstant + static_cast<double>(i + 1));
  std::vector<FusedEntry> entries;
  entries.reserve(scores.size());
  for (const auto& [id, score] : scores) entries.push_back({id, score});
  std::stable_sort(entries.begin(), entries.end(), [](const FusedEntry& a, const FusedEntry& b) { return a.score > b.score; });
  entries.resize(std::min(k, entries.size()));
  return entries;
}

}  // namespace akin
