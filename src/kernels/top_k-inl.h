// The vector source of top_k.h for every CPU target: included once a target through foreach_target.
#if defined(AKIN_KERNELS_TOP_K_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AKIN_KERNELS_TOP_K_INL_H_
#undef AKIN_KERNELS_TOP_K_INL_H_
#else
#define AKIN_KERNELS_TOP_K_INL_H_
#endif

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Those of one vector, counted from `first`.
HWY_INLINE std::size_t positions_in(const float* values, hn::Vec<hn::ScalableTag<float>> bound, std::size_t first, std::uint32_t* out) {
  const hn::ScalableTag<float> d;
  std::uint8_t bytes[8] = {};  // up to 64 lanes
  hn::StoreMaskBits(d, hn::Lt(hn::LoadU(d, values), bound), bytes);
  std::uint64_t bits = 0;
  std::memcpy(&bits, bytes, sizeof(bits));
  std::size_t count = 0;
  for (; bits != 0; bits &= bits - 1) out[count++] = static_cast<std::uint32_t>(first + static_cast<std::size_t>(std::countr_zero(bits)));
  return count;
}

// Writes the positions of values below `threshold` to `out`, in order; returns how many. NaN is never below.
HWY_INLINE std::size_t below(const float* values, std::size_t n, float threshold, std::uint32_t* out) {
  const hn::ScalableTag<float> d;
  constexpr std::size_t kStep = 4 * hn::MaxLanes(d);
  const auto bound = hn::Set(d, threshold);
  std::size_t count = 0;
  const auto look = [&](std::size_t begin, std::size_t end) HWY_ATTR {
    for (std::size_t i = begin; i < end; ++i) {
      out[count] = static_cast<std::uint32_t>(i);
      count += values[i] < threshold ? 1 : 0;
    }
  };
  std::size_t i = 0;
  for (; i + kStep <= n; i += kStep) {
    const auto low = hn::Min(hn::Min(hn::LoadU(d, values + i), hn::LoadU(d, values + i + kStep / 4)),
                             hn::Min(hn::LoadU(d, values + i + kStep / 2), hn::LoadU(d, values + i + 3 * (kStep / 4))));
    // Min with a NaN may give the NaN: then the step is looked through too.
    if (hn::AllTrue(d, hn::Ge(low, bound))) continue;
    for (std::size_t begin = i; begin < i + kStep; begin += kStep / 4) count += positions_in(values + begin, bound, begin, out + count);
  }
  look(i, n);
  return count;
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // AKIN_KERNELS_TOP_K_INL_H_
