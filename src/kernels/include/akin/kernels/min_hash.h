// The least value that each of many hash functions takes over a set of keys: a MinHash signature (Broder, 1997). Of two sets, the share of
// functions whose least values agree estimates the share of keys that they have in common. Tested by min_hash_test.cc.
#pragma once

#include <cstdint>
#include <span>

namespace akin::kernels {

/// mins[f] = min over `keys` of multipliers[f] · key + addends[f], modulo 2³²; 2³² − 1 where there are no keys. Multipliers are odd, so
/// that each function is a permutation; keys must be well mixed already. All three have the same length, best a multiple of 16.
void min_hash(std::span<const std::uint32_t> keys, std::span<const std::uint32_t> multipliers, std::span<const std::uint32_t> addends,
              std::span<std::uint32_t> mins) noexcept;

}  // namespace akin::kernels
