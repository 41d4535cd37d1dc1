#include "word_sampler.h"

#include <cmath>
#include <numeric>

namespace akin {

NegativeSampler::NegativeSampler(std::span<const std::uint64_t> counts, double exponent) : cells_(counts.size()) {
  std::vector<double> share(counts.size());
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) sum += share[i] = std::pow(static_cast<double>(counts[i]), exponent);
  std::vector<std::uint32_t> small, large;
  for (std::uint32_t i = 0; i < counts.size(); ++i) {
    share[i] *= static_cast<double>(counts.size()) / sum;
    cells_[i] = {0xFFFFFFFFU, i};
    (share[i] < 1 ? small : large).push_back(i);
  }
  while (!small.empty() && !large.empty()) {
    const std::uint32_t poor = small.back(), rich = large.back();
    small.pop_back();
    cells_[poor] = {static_cast<std::uint32_t>(share[poor] * 4294967295.0), rich};
    share[rich] -= 1 - share[poor];
    if (share[rich] >= 1) continue;
    large.pop_back();
    small.push_back(rich);
  }
}

KeepRule::KeepRule(std::span<const std::uint64_t> counts, double sample) : limits_(counts.size(), kAlways) {
  if (sample <= 0) return;
  const double threshold = sample * static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double count = static_cast<double>(counts[i]);
    const double chance = (std::sqrt(count / threshold) + 1) * threshold / count;
    if (chance < 1) limits_[i] = static_cast<std::uint32_t>(chance * 4294967294.0);
  }
}

}  // namespace akin
