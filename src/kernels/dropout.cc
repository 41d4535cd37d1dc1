// The loop of dropout.h, compiled once a CPU target. A number's fate is a 32-bit mix of its place, seeded by a 64-bit mix of key and row.
#include "akin/kernels/dropout.h"

#include <algorithm>
#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "dropout.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

using WholeTag = hn::RebindToUnsigned<FloatTag>;
using WholeVec = hn::Vec<WholeTag>;

/// Ellis' 32-bit mix with the constants of his search for low bias ("lowbias32").
HWY_INLINE WholeVec mix(WholeVec x) {
  const WholeTag d;
  x = hn::Mul(hn::Xor(x, hn::ShiftRight<16>(x)), hn::Set(d, 0x7feb352dU));
  x = hn::Mul(hn::Xor(x, hn::ShiftRight<15>(x)), hn::Set(d, 0x846ca68bU));
  return hn::Xor(x, hn::ShiftRight<16>(x));
}

/// splitmix64's finish.
HWY_INLINE std::uint64_t mix64(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

struct RowSeeds {
  std::uint32_t first, second;
};

/// `factor` for the numbers kept, 0 for the others. Mixed twice with different seeds: rows do not repeat each other shifted.
HWY_INLINE FloatVec kept(std::size_t at, const RowSeeds& seeds, std::uint32_t threshold, float factor) {
  const FloatTag d;
  const WholeTag whole;
  const auto place = hn::Add(hn::Iota(whole, 0), hn::Set(whole, static_cast<std::uint32_t>(at)));
  const auto random = mix(hn::Add(mix(hn::Xor(place, hn::Set(whole, seeds.first))), hn::Set(whole, seeds.second)));
  // 31 bits as signed numbers: every target compares those.
  const hn::RebindToSigned<FloatTag> sign;
  const auto keep = hn::Gt(hn::BitCast(sign, hn::ShiftRight<1>(random)), hn::Set(sign, static_cast<std::int32_t>(threshold)));
  return hn::IfThenElseZero(hn::RebindMask(d, keep), hn::Set(d, factor));
}

void drop_row(const Dropout& dropout, std::uint64_t row, float* x, std::size_t n) {
  const FloatTag d;
  const std::uint64_t seed = mix64(mix64(dropout.key + 0x9e3779b97f4a7c15ULL) + row * 0x9e3779b97f4a7c15ULL);
  const RowSeeds seeds{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
  const auto threshold = static_cast<std::uint32_t>(static_cast<double>(dropout.probability) * 2147483647.0);
  const float factor = 1 / (1 - dropout.probability);
  std::size_t i = 0;
  for (; i + n_lanes() <= n; i += n_lanes()) hn::StoreU(hn::Mul(hn::LoadU(d, x + i), kept(i, seeds, threshold, factor)), d, x + i);
  if (i < n) store_tail(hn::Mul(load_tail(x + i, n - i), kept(i, seeds, threshold, factor)), x + i, n - i);
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(drop_row);

void drop(const Dropout& dropout, std::uint64_t row, std::span<float> x) noexcept {
  if (dropout.is_on()) HWY_DYNAMIC_DISPATCH(drop_row)(dropout, row, x.data(), x.size());
}

}  // namespace akin::kernels
#endif
