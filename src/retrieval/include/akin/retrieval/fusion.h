// Several rankings made one: by ranks alone (reciprocal rank fusion: Cormack, Clarke and Büttcher, 2009), so that scores of different kinds
// (cosines, BM25) need no common scale; or by scores, each list brought to 0 … 1 first. Tested by fusion_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace akin {

/// The constant of the paper: how slowly a rank loses weight.
inline constexpr double kFusionConstant = 60;

/// Ranks of each list that hybrid search fuses: enough that a row in the first ten of the result is rarely missing from one list by depth.
inline constexpr std::size_t kFusionDepth = 100;

enum class Fusion { rrf, weighted };
/// Throws Error{invalid_argument} listing the names.
Fusion fusion_from(std::string_view name);

struct FusedEntry {
  std::uint64_t id = 0;
  double score = 0;
  friend bool operator==(const FusedEntry&, const FusedEntry&) = default;
};

/// A ranking with its scores, best first; a list names an id at most once.
struct WeightedRanking {
  std::vector<FusedEntry> entries;
  double weight = 1;
};

/// The `k` best ids of all lists, best first, equal scores by the lower id. A list names an id at most once. Score: Σ over the lists of
/// 1 / (kFusionConstant + rank), ranks from 1.
std::vector<FusedEntry> fuse_rankings(std::span<const std::vector<std::uint64_t>> rankings, std::size_t k);
/// The same by scores. Score: Σ over the lists of weight · (score − worst) / (best − worst); where best and worst are one, 1 is meant. An
/// id that a list does not name has 0 of it.
std::vector<FusedEntry> fuse_scores(std::span<const WeightedRanking> rankings, std::size_t k);

}  // namespace akin
