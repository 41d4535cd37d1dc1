// Items compared by the Jaccard similarity of their sets: the share of all their keys that both have. Candidates meet by bands of MinHash
// signatures (lsh_bands.h) and are then compared by the sets themselves, so that none is taken for alike that is not; choose_bands() says
// how many are missed. Besides the sets: 12 · n_bands bytes a kept item. Tested by set_likeness_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "akin/analysis/duplicates.h"
#include "akin/analysis/lsh_bands.h"
#include "likeness.h"

namespace akin::analysis {

struct SetLikenessOptions {
  double threshold = 0.8;
  LshBands bands;
  std::uint64_t seed = 42;
};

/// Of rising keys; 0 if either is empty.
double jaccard(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) noexcept;

/// The sets must outlive it. An empty one is like none. Throws Error{limit} for more than 2^32 / n_bands sets.
std::unique_ptr<Likeness> make_set_likeness(const SetsView& sets, const SetLikenessOptions& options);

}  // namespace akin::analysis
