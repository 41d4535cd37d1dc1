// Places on a plane, kept as pairs: one of 64 bits is gathered as quickly as one of 32, so a vector of places takes half the time of its x
// and its y by themselves. Included once a target.
#if defined(AKIN_KERNELS_PLANE_PAIRS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AKIN_KERNELS_PLANE_PAIRS_INL_H_
#undef AKIN_KERNELS_PLANE_PAIRS_INL_H_
#else
#define AKIN_KERNELS_PLANE_PAIRS_INL_H_
#endif

#include <cstdint>

#include "vector_math-inl.h"

#undef AKIN_GATHERS_PAIRS
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
#define AKIN_GATHERS_PAIRS 1
#else
#define AKIN_GATHERS_PAIRS 0
#endif

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

using BitsTag = hn::RebindToUnsigned<FloatTag>;
using IndexTag = hn::RebindToSigned<FloatTag>;
using BitsVec = hn::Vec<BitsTag>;

#if AKIN_GATHERS_PAIRS
using PairTag = hn::RepartitionToWide<BitsTag>;
using PairVec = hn::Vec<PairTag>;

struct Halves {
  PairVec lower, upper;
};

HWY_INLINE Halves widened(BitsVec v) {
  const hn::Half<BitsTag> half;
  return {hn::PromoteTo(PairTag(), hn::LowerHalf(half, v)), hn::PromoteTo(PairTag(), hn::UpperHalf(half, v))};
}
#endif

/// x and y of the places of `which`, to at[0] and at[1]; place v is at places[2v] and places[2v + 1].
HWY_INLINE void gather_plane(const float* places, BitsVec which, FloatVec* at) {
  const FloatTag d;
#if AKIN_GATHERS_PAIRS
  const auto* pairs = reinterpret_cast<const std::uint64_t*>(places);
  const hn::RebindToSigned<PairTag> index;
  const Halves vertices = widened(which);
  const auto lower = hn::BitCast(d, hn::GatherIndex(PairTag(), pairs, hn::BitCast(index, vertices.lower)));
  const auto upper = hn::BitCast(d, hn::GatherIndex(PairTag(), pairs, hn::BitCast(index, vertices.upper)));
  at[0] = hn::ConcatEven(d, upper, lower);
  at[1] = hn::ConcatOdd(d, upper, lower);
#else
  const auto first = hn::BitCast(IndexTag(), hn::Add(which, which));
  at[0] = hn::GatherIndex(d, places, first);
  at[1] = hn::GatherIndex(d, places + 1, first);
#endif
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard
