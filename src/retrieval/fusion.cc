#include "akin/retrieval/fusion.h"

#include <algorithm>
#include <map>
#include <string>

#include "akin/base/error.h"

namespace akin {
namespace {

std::vector<FusedEntry> best_of(const std::map<std::uint64_t, double>& scores, std::size_t k) {
  std::vector<FusedEntry> entries;
  entries.reserve(scores.size());
  for (const auto& [id, score] : scores) entries.push_back({id, score});
  std::stable_sort(entries.begin(), entries.end(), [](const FusedEntry& a, const FusedEntry& b) { return a.score > b.score; });
  entries.resize(std::min(k, entries.size()));
  return entries;
}

}  // namespace

Fusion fusion_from(std::string_view name) {
  if (name == "rrf") return Fusion::rrf;
  if (name == "weighted") return Fusion::weighted;
  throw Error(ErrorCode::invalid_argument, "fusion '" + std::string(name) + "' is not one of rrf, weighted");
}

std::vector<FusedEntry> fuse_rankings(std::span<const std::vector<std::uint64_t>> rankings, std::size_t k) {
  std::map<std::uint64_t, double> scores;
  for (const std::vector<std::uint64_t>& ranking : rankings)
    for (std::size_t i = 0; i < ranking.size(); ++i) scores[ranking[i]] += 1 / (kFusionConstant + static_cast<double>(i + 1));
  return best_of(scores, k);
}

std::vector<FusedEntry> fuse_scores(std::span<const WeightedRanking> rankings, std::size_t k) {
  std::map<std::uint64_t, double> scores;
  for (const WeightedRanking& ranking : rankings) {
    if (ranking.entries.empty()) continue;
    const double best = ranking.entries.front().score, worst = ranking.entries.back().score;
    for (const FusedEntry& entry : ranking.entries)
      scores[entry.id] += ranking.weight * (best > worst ? (entry.score - worst) / (best - worst) : 1);
  }
  return best_of(scores, k);
}

}  // namespace akin
