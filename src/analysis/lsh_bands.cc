#include "akin/analysis/lsh_bands.h"

#include <algorithm>
#include <cmath>

#include "akin/base/error.h"

namespace akin {
namespace {

// Each hash costs a multiplication a shingle, each band a look at memory a text.
constexpr std::size_t kMaxHashes = 128;
// Longer bands tell nothing more: hardly any others meet.
constexpr std::size_t kMaxHashesOfBand = 16;

std::size_t bands_for(double share_of_band, double recall) {
  if (share_of_band >= 1) return 1;
  return static_cast<std::size_t>(std::ceil(std::log(1 - recall) / std::log1p(-share_of_band)));
}

}  // namespace

double meeting_share(const LshBands& bands, double jaccard) noexcept {
  return 1 - std::pow(1 - std::pow(jaccard, static_cast<double>(bands.n_hashes)), static_cast<double>(bands.n_bands));
}

LshBands choose_bands(double threshold, double recall) {
  require(threshold >= 0.05 && threshold <= 1, "near duplicates: a threshold from 0.05 to 1 is wanted");
  require(recall >= 0.5 && recall <= 0.9999, "near duplicates: a recall from 0.5 to 0.9999 is wanted");
  LshBands best{bands_for(threshold, recall), 1};
  for (std::size_t n_hashes = 2; n_hashes <= kMaxHashesOfBand; ++n_hashes) {
    const std::size_t n_bands = bands_for(std::pow(threshold, static_cast<double>(n_hashes)), recall);
    if (n_bands * n_hashes > kMaxHashes) break;
    best = {n_bands, n_hashes};
  }
  return best;
}

}  // namespace akin
