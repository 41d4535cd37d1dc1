// The loop of min_hash.h, compiled once a CPU target. Functions run in blocks of vectors whose numbers and least values stay in registers
// while the keys go by.
#include "akin/kernels/min_hash.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "akin/base/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "min_hash.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

struct Functions {
  const std::uint32_t* multipliers;
  const std::uint32_t* addends;
  std::uint32_t* mins;
};

/// kVectors vectors of functions from `first` on.
template <std::size_t kVectors>
void block(std::span<const std::uint32_t> keys, const Functions& f, std::size_t first) {
  const hn::ScalableTag<std::uint32_t> d;
  using Vec = hn::Vec<decltype(d)>;
  Vec multipliers[kVectors], addends[kVectors], mins[kVectors];
  for (std::size_t v = 0; v < kVectors; ++v) {
    multipliers[v] = hn::LoadU(d, f.multipliers + first + v * hn::Lanes(d));
    addends[v] = hn::LoadU(d, f.addends + first + v * hn::Lanes(d));
    mins[v] = hn::Set(d, std::numeric_limits<std::uint32_t>::max());
  }
  for (const std::uint32_t key : keys) {
    const Vec x = hn::Set(d, key);
    for (std::size_t v = 0; v < kVectors; ++v) mins[v] = hn::Min(mins[v], hn::Add(hn::Mul(multipliers[v], x), addends[v]));
  }
  for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(mins[v], d, f.mins + first + v * hn::Lanes(d));
}

void min_hash_of(std::span<const std::uint32_t> keys, const std::uint32_t* multipliers, const std::uint32_t* addends, std::uint32_t* mins,
                 std::size_t n) {
  const Functions f{multipliers, addends, mins};
  const std::size_t lanes = hn::Lanes(hn::ScalableTag<std::uint32_t>());
  constexpr std::size_t kBlock = 4;  // vectors: with their numbers they fit the registers of every target
  std::size_t i = 0;
  for (; i + kBlock * lanes <= n; i += kBlock * lanes) block<kBlock>(keys, f, i);
  for (; i + lanes <= n; i += lanes) block<1>(keys, f, i);
  for (; i < n; ++i) {
    f.mins[i] = std::numeric_limits<std::uint32_t>::max();
    for (const std::uint32_t key : keys) f.mins[i] = std::min(f.mins[i], f.multipliers[i] * key + f.addends[i]);
  }
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(min_hash_of);

void min_hash(std::span<const std::uint32_t> keys, std::span<const std::uint32_t> multipliers, std::span<const std::uint32_t> addends,
              std::span<std::uint32_t> mins) noexcept {
  AKIN_DCHECK(multipliers.size() == mins.size() && addends.size() == mins.size());
  HWY_DYNAMIC_DISPATCH(min_hash_of)(keys, multipliers.data(), addends.data(), mins.data(), mins.size());
}

}  // namespace akin::kernels
#endif
