// exp, erf-GELU and their kin on vectors, and the handling of a row's last, partial vector: shared by the kernels' -inl.h and .cc files,
// included once a target. A lane's result depends on that lane alone, so a number has the same bits in a full vector and in a tail.
//
// exp: 2^n · 2^f with a minimax polynomial of degree 5 for 2^f on [−1/2, 1/2] (relative error 7.5e-8).
// erf-GELU: max(x, 0) − tail(|x|) with tail(a) = a · (1 − Φ(a)), 1 − Φ as a polynomial of degree 13 fitted to least weighted error on
// [0, 5.25] (5.8e-7 in tail; past 5.25 the tail itself is below that). No division, no exp.
#if defined(AKIN_KERNELS_VECTOR_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AKIN_KERNELS_VECTOR_MATH_INL_H_
#undef AKIN_KERNELS_VECTOR_MATH_INL_H_
#else
#define AKIN_KERNELS_VECTOR_MATH_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "akin/kernels/activation.h"
#include "hwy/highway.h"

// Whether the CPUs of this target convert binary16 themselves.
#undef AKIN_NATIVE_F16
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
#define AKIN_NATIVE_F16 1
#else
#define AKIN_NATIVE_F16 0
#endif

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::ScalableTag<float>;
using FloatVec = hn::Vec<FloatTag>;

/// Lanes of a float vector.
HWY_INLINE constexpr std::size_t n_lanes() { return hn::MaxLanes(FloatTag()); }

/// The first `count` < n_lanes() numbers, the rest `fill`.
HWY_INLINE FloatVec load_tail(const float* p, std::size_t count, float fill = 0.0F) {
  HWY_ALIGN float buffer[hn::MaxLanes(FloatTag())];
  std::fill(std::copy_n(p, count, buffer), buffer + n_lanes(), fill);
  return hn::Load(FloatTag(), buffer);
}

HWY_INLINE void store_tail(FloatVec v, float* p, std::size_t count) {
  HWY_ALIGN float buffer[hn::MaxLanes(FloatTag())];
  hn::Store(v, FloatTag(), buffer);
  std::copy_n(buffer, count, p);
}

/// 2^(n + fraction), with whole = n + kRoundMagic and |fraction| ≤ 1/2; n in [−126, 127].
HWY_INLINE FloatVec exp2_split(FloatVec whole, FloatVec fraction) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  auto p = hn::MulAdd(hn::Set(d, 0.0013276468962430954F), fraction, hn::Set(d, 0.009675541892647743F));
  p = hn::MulAdd(p, fraction, hn::Set(d, 0.05550713464617729F));
  p = hn::MulAdd(p, fraction, hn::Set(d, 0.24022120237350464F));
  p = hn::MulAdd(p, fraction, hn::Set(d, 0.6931469440460205F));
  p = hn::MulAdd(p, fraction, hn::Set(d, 1.0000001192092896F));
  // `whole` carries 1.5·2^23: its low bits are the integer, and the shift drops the rest.
  return hn::BitCast(d, hn::Add(hn::BitCast(di, p), hn::ShiftLeft<23>(hn::BitCast(di, whole))));
}

inline constexpr float kRoundMagic = 12582912.0F;  // 1.5 · 2^23: adding it rounds to an integer that lies in the low bits

/// 2^t, t clamped to [−126, 127].
HWY_INLINE FloatVec exp2(FloatVec t) {
  const FloatTag d;
  t = hn::Min(hn::Max(t, hn::Set(d, -126.0F)), hn::Set(d, 127.0F));
  const auto whole = hn::Add(t, hn::Set(d, kRoundMagic));
  return exp2_split(whole, hn::Sub(t, hn::Sub(whole, hn::Set(d, kRoundMagic))));
}

/// e^x, x clamped to [−87.3, 88]. Relative error 2e-7.
HWY_INLINE FloatVec exp(FloatVec x) {
  const FloatTag d;
  x = hn::Min(hn::Max(x, hn::Set(d, -87.3F)), hn::Set(d, 88.0F));
  const auto whole = hn::MulAdd(x, hn::Set(d, 1.44269504F), hn::Set(d, kRoundMagic));
  const auto n = hn::Sub(whole, hn::Set(d, kRoundMagic));
  // ln 2 in two parts (Cody & Waite): n times the first is exact, with and without fused multiply-add.
  const auto rest = hn::NegMulAdd(n, hn::Set(d, -2.12194440e-4F), hn::NegMulAdd(n, hn::Set(d, 0.693359375F), x));
  const auto fraction = hn::Mul(rest, hn::Set(d, 1.44269504F));
  return exp2_split(whole, fraction);
}

HWY_INLINE FloatVec gelu(FloatVec x) {
  const FloatTag d;
  const auto a = hn::Min(hn::Abs(x), hn::Set(d, 5.25F));
  const auto t = hn::MulSub(a, hn::Set(d, 2.0F / 5.25F), hn::Set(d, 1.0F));
  auto p = hn::MulAdd(hn::Set(d, 0.006673299241811037F), t, hn::Set(d, -0.019790448248386383F));
  p = hn::MulAdd(p, t, hn::Set(d, -0.005775216035544872F));
  p = hn::MulAdd(p, t, hn::Set(d, 0.0774809941649437F));
  p = hn::MulAdd(p, t, hn::Set(d, -0.06799326092004776F));
  p = hn::MulAdd(p, t, hn::Set(d, -0.08341677486896515F));
  p = hn::MulAdd(p, t, hn::Set(d, 0.1973823457956314F));
  p = hn::MulAdd(p, t, hn::Set(d, -0.10128061473369598F));
  p = hn::MulAdd(p, t, hn::Set(d, -0.12090446799993515F));
  p = hn::MulAdd(p, t, hn::Set(d, 0.25760918855667114F));
  p = hn::MulAdd(p, t, hn::Set(d, -0.22596800327301025F));
  p = hn::MulAdd(p, t, hn::Set(d, 0.11505049467086792F));
  p = hn::MulAdd(p, t, hn::Set(d, -0.03340023756027222F));
  p = hn::MulAdd(p, t, hn::Set(d, 0.004332660231739283F));
  return hn::NegMulAdd(a, p, hn::Max(hn::Zero(d), x));
}

/// x · sigmoid(y).
HWY_INLINE FloatVec times_sigmoid(FloatVec x, FloatVec y) {
  const FloatTag d;
  return hn::Div(x, hn::Add(hn::Set(d, 1.0F), exp(hn::Neg(y))));
}

template <Activation kActivation>
HWY_INLINE FloatVec activated(FloatVec x) {
  const FloatTag d;
  if constexpr (kActivation == Activation::gelu) {
    return gelu(x);
  } else if constexpr (kActivation == Activation::gelu_tanh) {
    const auto cubic = hn::Mul(hn::Mul(x, x), hn::Set(d, 0.044715F * 1.59576912F));
    return times_sigmoid(x, hn::Mul(x, hn::Add(cubic, hn::Set(d, 1.59576912F))));  // 2 · sqrt(2 / π)
  } else if constexpr (kActivation == Activation::silu) {
    return times_sigmoid(x, x);
  } else if constexpr (kActivation == Activation::quick_gelu) {
    return times_sigmoid(x, hn::Mul(x, hn::Set(d, 1.702F)));
  } else if constexpr (kActivation == Activation::relu) {
    return hn::Max(hn::Zero(d), x);
  } else if constexpr (kActivation == Activation::tanh) {
    const auto e = exp(hn::Add(x, x));
    return hn::NegMulAdd(hn::Set(d, 2.0F), hn::Div(hn::Set(d, 1.0F), hn::Add(e, hn::Set(d, 1.0F))), hn::Set(d, 1.0F));
  } else {
    return x;
  }
}

/// Calls function.run<A>() for the run-time value, so that the choice is made once a row and not once a number.
template <class Function>
HWY_INLINE void with_activation(Activation activation, const Function& function) {
  switch (activation) {
    case Activation::none:
      return function.template run<Activation::none>();
    case Activation::gelu:
      return function.template run<Activation::gelu>();
    case Activation::gelu_tanh:
      return function.template run<Activation::gelu_tanh>();
    case Activation::silu:
      return function.template run<Activation::silu>();
    case Activation::quick_gelu:
      return function.template run<Activation::quick_gelu>();
    case Activation::relu:
      return function.template run<Activation::relu>();
    case Activation::tanh:
      return function.template run<Activation::tanh>();
  }
}

HWY_INLINE float sum_of(FloatVec v) { return hn::GetLane(hn::SumOfLanes(FloatTag(), v)); }
HWY_INLINE float largest_of(FloatVec v) { return hn::GetLane(hn::MaxOfLanes(FloatTag(), v)); }

constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

/// −∞ for no numbers.
HWY_INLINE float largest_in(const float* row, std::size_t n) {
  const FloatTag d;
  auto largest = hn::Set(d, kMinusInfinity);
  std::size_t i = 0;
  for (; i + n_lanes() <= n; i += n_lanes()) largest = hn::Max(largest, hn::LoadU(d, row + i));
  if (i < n) largest = hn::Max(largest, load_tail(row + i, n - i, kMinusInfinity));
  return largest_of(largest);
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard
