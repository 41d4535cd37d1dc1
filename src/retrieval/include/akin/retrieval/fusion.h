// Several rankings made one: reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009). Only ranks count, so that scores of different
// kinds (cosines, BM25) need no common scale. Tested by fusion_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace akin {

/// The constant of the paper: how slowly a rank loses weight.
inline constexpr double kFusionConstant = 60;

/// Ranks of each list that hybrid search fuses: enough that a row in the first ten of the result is rarely missing from one list by depth.
inline constexpr std::size_t kFusionDepth = 100;

struct FusedEntry {
  std::uint64_t id = 0;
  double score = 0;  ///< Σ over the lists of 1 / (kFusionConstant + rank), ranks from 1
  friend bool operator==(const FusedEntry&, const FusedEntry&) = default;
};

/// The `k` best ids of all lists, best first, equal scores by the lower id. A list names an id at most once.
std::vector<FusedEntry> fuse_rankings(std::span<const std::vector<std::uint64_t>> rankings, std::size_t k);

}  // namespace akin
