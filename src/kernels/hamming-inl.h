// The vector source of hamming.h for every CPU target: included once a target through foreach_target.
#if defined(AKIN_KERNELS_HAMMING_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AKIN_KERNELS_HAMMING_INL_H_
#undef AKIN_KERNELS_HAMMING_INL_H_
#else
#define AKIN_KERNELS_HAMMING_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "bits-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

HWY_INLINE std::uint64_t differing_bits(const std::uint8_t* a, const std::uint8_t* b, std::size_t n) {
  return count_words(
      n, [&](const auto& load) HWY_ATTR { return hn::PopulationCount(hn::Xor(load(a), load(b))); },
      [&](const auto& load) { return static_cast<std::uint64_t>(hwy::PopCount(load(a) ^ load(b))); });
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // AKIN_KERNELS_HAMMING_INL_H_
