#include "mmr.h"

#include <algorithm>
#include <cmath>

namespace akin::retrieval {
namespace {

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.empty() || a.size() != b.size()) return 0;
  double dot = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    dot += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    aa += static_cast<double>(a[i]) * static_cast<double>(a[i]);
    bb += static_cast<double>(b[i]) * static_cast<double>(b[i]);
  }
  return aa > 0 && bb > 0 ? dot / std::sqrt(aa * bb) : 0;
}

/// 0 for the worst, 1 for the best; all 1 where they are alike.
std::vector<double> scaled(std::span<const Candidate> candidates) {
  std::vector<double> out;
  if (candidates.empty()) return out;
  const auto [low, high] = std::ranges::minmax(candidates, {}, &Candidate::relevance);
  for (const Candidate& c : candidates)
    out.push_back(high.relevance > low.relevance ? (c.relevance - low.relevance) / (high.relevance - low.relevance) : 1);
  return out;
}

}  // namespace

std::vector<std::size_t> diverse_order(std::span<const Candidate> candidates, std::size_t k, double lambda) {
  const std::vector<double> relevance = scaled(candidates);
  std::vector<double> likeness(candidates.size(), 0);
  std::vector<bool> taken(candidates.size(), false);
  std::vector<std::size_t> order;
  while (order.size() < std::min(k, candidates.size())) {
    std::size_t best = candidates.size();
    double best_score = 0;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const double score = lambda * relevance[i] - (1 - lambda) * likeness[i];
      if (taken[i] || (best != candidates.size() && score <= best_score)) continue;
      best = i;
      best_score = score;
    }
    taken[best] = true;
    order.push_back(best);
    for (std::size_t i = 0; i < candidates.size(); ++i)
      if (!taken[i]) likeness[i] = std::max(likeness[i], cosine(candidates[best].vector, candidates[i].vector));
  }
  return order;
}

}  // namespace akin::retrieval
