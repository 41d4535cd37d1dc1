// Rows of floats → bfloat16 bits or 8-bit numbers, and the way back from a product of 8-bit numbers: shared by convert.cc and gemm_rows.cc.
// Included once a target.
#if defined(AKIN_KERNELS_QUANTIZE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AKIN_KERNELS_QUANTIZE_INL_H_
#undef AKIN_KERNELS_QUANTIZE_INL_H_
#else
#define AKIN_KERNELS_QUANTIZE_INL_H_
#endif

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "akin/base/half.h"
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

/// The bfloat16 bits of each lane in the lane's low half: to nearest, ties to even, NaN stays NaN (half.h's to_bf16).
HWY_INLINE hn::Vec<hn::RebindToUnsigned<FloatTag>> bf16_bits(FloatVec v) {
  const hn::RebindToUnsigned<FloatTag> du;
  const auto bits = hn::BitCast(du, v);
  const auto high = hn::ShiftRight<16>(bits);
  const auto odd = hn::And(high, hn::Set(du, 1U));
  const auto rounded = hn::ShiftRight<16>(hn::Add(hn::Add(bits, hn::Set(du, 0x7FFFU)), odd));
  return hn::IfThenElse(hn::RebindMask(du, hn::IsNaN(v)), hn::Or(high, hn::Set(du, 0x40U)), rounded);
}

HWY_INLINE void round_to_bf16(const float* in, std::size_t n, std::uint16_t* out) {
  const FloatTag d;
  const hn::Rebind<std::uint16_t, FloatTag> half;
  std::size_t i = 0;
  for (; i + n_lanes() <= n; i += n_lanes()) hn::StoreU(hn::TruncateTo(half, bf16_bits(hn::LoadU(d, in + i))), half, out + i);
  for (; i < n; ++i) out[i] = to_bf16(in[i]).bits;
}

struct Range {
  float least = 0;
  float most = 0;
};

/// Of the numbers and 0.
HWY_INLINE Range range_of(const float* in, std::size_t n) {
  const FloatTag d;
  auto least = hn::Zero(d), most = hn::Zero(d);
  std::size_t i = 0;
  for (; i + n_lanes() <= n; i += n_lanes()) {
    const auto v = hn::LoadU(d, in + i);
    least = hn::Min(least, v);
    most = hn::Max(most, v);
  }
  Range range{hn::GetLane(hn::MinOfLanes(d, least)), largest_of(most)};
  for (; i < n; ++i) {
    range.least = std::min(range.least, in[i]);
    range.most = std::max(range.most, in[i]);
  }
  return range;
}

/// steps / width, or 0 where that is not a finite number (a row of zeros, of infinities, of NaN).
HWY_INLINE float steps_per_unit(float steps, float width) {
  const float ratio = steps / width;
  return std::isfinite(ratio) ? ratio : 0.0F;
}

/// How a row of 8-bit activations is read: value = (byte − zero) · scale.
struct RowScale {
  float scale = 0;
  std::int32_t zero = 0;
};

/// round(in · factor) + zero, saturated to T.
template <class T>
HWY_INLINE void round_and_narrow(const float* in, std::size_t n, float factor, std::int32_t zero, T* out) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  const hn::Rebind<T, FloatTag> narrow;
  const auto scale = hn::Set(d, factor);
  const auto shift = hn::Set(di, zero);
  std::size_t i = 0;
  for (; i + n_lanes() <= n; i += n_lanes()) {
    hn::StoreU(hn::DemoteTo(narrow, hn::Add(hn::NearestInt(hn::Mul(hn::LoadU(d, in + i), scale)), shift)), narrow, out + i);
  }
  if (i < n) {
    HWY_ALIGN T buffer[hn::MaxLanes(FloatTag())];
    hn::Store(hn::DemoteTo(narrow, hn::Add(hn::NearestInt(hn::Mul(load_tail(in + i, n - i), scale)), shift)), narrow, buffer);
    std::copy_n(buffer, n - i, out + i);
  }
}

/// The row in 8 unsigned bits: its range, widened to hold 0, spread over 0 … 255.
HWY_INLINE RowScale quantize_bytes(const float* in, std::size_t n, Range range, std::uint8_t* out) {
  const float width = range.most - range.least;
  const float factor = steps_per_unit(255.0F, width);
  const auto zero = static_cast<std::int32_t>(std::nearbyint(-range.least * factor));
  round_and_narrow(in, n, factor, zero, out);
  return {width / 255.0F, zero};
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard
