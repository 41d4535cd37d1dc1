// The vector source of hamming.h for every CPU target: included once a target through foreach_target.
#if defined(AKIN_KERNELS_HAMMING_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AKIN_KERNELS_HAMMING_INL_H_
#undef AKIN_KERNELS_HAMMING_INL_H_
#else
#define AKIN_KERNELS_HAMMING_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Codes are short (48 bytes for 384 bits), so what no full vector covers goes eight bytes at a time.
HWY_INLINE std::uint64_t differing_bits(const std::uint8_t* a, const std::uint8_t* b, std::size_t n) {
  std::uint64_t total = 0;
  std::size_t i = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::ScalableTag<std::uint64_t> d;
  const hn::Repartition<std::uint8_t, decltype(d)> bytes;
  constexpr std::size_t kBytes = hn::MaxLanes(bytes);
  auto sum = hn::Zero(d);
  for (; i + kBytes <= n; i += kBytes) {
    const auto difference = hn::Xor(hn::LoadU(bytes, a + i), hn::LoadU(bytes, b + i));
    sum = hn::Add(sum, hn::PopulationCount(hn::BitCast(d, difference)));
  }
  total = hn::GetLane(hn::SumOfLanes(d, sum));
#endif
  for (; i < n; i += sizeof(std::uint64_t)) {
    std::uint64_t x = 0, y = 0;
    const std::size_t count = n - i < sizeof x ? n - i : sizeof x;
    std::memcpy(&x, a + i, count);
    std::memcpy(&y, b + i, count);
    total += hwy::PopCount(x ^ y);
  }
  return total;
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // AKIN_KERNELS_HAMMING_INL_H_
