// The loops of activation_backward.h, compiled once a CPU target; the functions themselves are in vector_math-inl.h.
#include "akin/kernels/activation_backward.h"

#include <algorithm>
#include <cstddef>

#include "akin/base/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "activation_backward.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

/// Φ(x) + x · φ(x). 1 − Φ(|x|) by formula 7.1.26 of Abramowitz & Stegun (error 7.5e-8), whose exponential is the density's as well.
HWY_INLINE FloatVec gelu_derivative(FloatVec x) {
  const FloatTag d;
  const auto a = hn::Abs(x), one = hn::Set(d, 1.0F);
  const auto density = exp(hn::Mul(hn::Mul(x, x), hn::Set(d, -0.5F)));  // · 1/√(2π) below
  const auto t = hn::Div(one, hn::MulAdd(a, hn::Set(d, 0.3275911F * 0.70710678F), one));
  auto p = hn::MulAdd(hn::Set(d, 0.5F * 1.061405429F), t, hn::Set(d, -0.5F * 1.453152027F));
  p = hn::MulAdd(p, t, hn::Set(d, 0.5F * 1.421413741F));
  p = hn::MulAdd(p, t, hn::Set(d, -0.5F * 0.284496736F));
  p = hn::MulAdd(p, t, hn::Set(d, 0.5F * 0.254829592F));
  const auto above = hn::Mul(hn::Mul(p, t), density);
  const auto below = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), above, hn::Sub(one, above));
  return hn::MulAdd(hn::Mul(x, hn::Set(d, 0.39894228F)), density, below);
}

/// Of x · sigmoid(y) with dy/dx = slope: s + x · s · (1 − s) · slope.
HWY_INLINE FloatVec sigmoid_derivative(FloatVec x, FloatVec y, FloatVec slope) {
  const FloatTag d;
  const auto one = hn::Set(d, 1.0F);
  const auto s = hn::Div(one, hn::Add(one, exp(hn::Neg(y))));
  return hn::MulAdd(hn::Mul(hn::Mul(x, slope), s), hn::Sub(one, s), s);
}

template <Activation kActivation>
HWY_INLINE FloatVec derivative(FloatVec x) {
  const FloatTag d;
  const auto one = hn::Set(d, 1.0F);
  if constexpr (kActivation == Activation::gelu) {
    return gelu_derivative(x);
  } else if constexpr (kActivation == Activation::gelu_tanh) {
    const auto square = hn::Mul(x, x), factor = hn::Set(d, 1.59576912F);  // 2 · sqrt(2 / π)
    const auto y = hn::Mul(x, hn::MulAdd(square, hn::Set(d, 0.044715F * 1.59576912F), factor));
    return sigmoid_derivative(x, y, hn::MulAdd(square, hn::Set(d, 3 * 0.044715F * 1.59576912F), factor));
  } else if constexpr (kActivation == Activation::silu) {
    return sigmoid_derivative(x, x, one);
  } else if constexpr (kActivation == Activation::quick_gelu) {
    return sigmoid_derivative(x, hn::Mul(x, hn::Set(d, 1.702F)), hn::Set(d, 1.702F));
  } else if constexpr (kActivation == Activation::relu) {
    return hn::IfThenElseZero(hn::Gt(x, hn::Zero(d)), one);
  } else if constexpr (kActivation == Activation::tanh) {
    const auto y = activated<Activation::tanh>(x);
    return hn::NegMulAdd(y, y, one);
  } else {
    return one;
  }
}

struct BackwardLoop {
  const float *x, *d;
  float* d_x;
  std::size_t n;

  template <Activation kActivation>
  HWY_INLINE void run() const {
    const FloatTag tag;
    std::size_t i = 0;
    for (; i + n_lanes() <= n; i += n_lanes()) {
      hn::StoreU(hn::Mul(hn::LoadU(tag, d + i), derivative<kActivation>(hn::LoadU(tag, x + i))), tag, d_x + i);
    }
    if (i < n) store_tail(hn::Mul(load_tail(d + i, n - i), derivative<kActivation>(load_tail(x + i, n - i))), d_x + i, n - i);
  }
};

struct GatedBackwardLoop {
  const float *gate, *up, *d;
  float *d_gate, *d_up;
  std::size_t n;

  template <Activation kActivation>
  HWY_INLINE void run() const {
    const FloatTag tag;
    std::size_t i = 0;
    for (; i + n_lanes() <= n; i += n_lanes()) {
      const auto g = hn::LoadU(tag, gate + i), v = hn::LoadU(tag, up + i), out = hn::LoadU(tag, d + i);
      hn::StoreU(hn::Mul(hn::Mul(out, v), derivative<kActivation>(g)), tag, d_gate + i);
      hn::StoreU(hn::Mul(out, activated<kActivation>(g)), tag, d_up + i);
    }
    if (i == n) return;
    const auto g = load_tail(gate + i, n - i), v = load_tail(up + i, n - i), out = load_tail(d + i, n - i);
    store_tail(hn::Mul(hn::Mul(out, v), derivative<kActivation>(g)), d_gate + i, n - i);
    store_tail(hn::Mul(out, activated<kActivation>(g)), d_up + i, n - i);
  }
};

void run_backward(Activation activation, const float* x, const float* d, std::size_t n, float* d_x) {
  with_activation(activation, BackwardLoop{x, d, d_x, n});
}

void run_gated_backward(Activation activation, const GatedRow& x, const float* d, const GatedGradient& d_x) {
  with_activation(activation, GatedBackwardLoop{x.gate.data(), x.up.data(), d, d_x.gate.data(), d_x.up.data(), x.up.size()});
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(run_backward);
HWY_EXPORT(run_gated_backward);

void activate_backward(Activation activation, std::span<const float> x, std::span<const float> d, std::span<float> d_x) noexcept {
  AKIN_DCHECK(x.size() == d.size() && d_x.size() == d.size());
  HWY_DYNAMIC_DISPATCH(run_backward)(activation, x.data(), d.data(), d.size(), d_x.data());
}

void activate_gated_backward(Activation activation, const GatedRow& x, std::span<const float> d, const GatedGradient& d_x) noexcept {
  AKIN_DCHECK(x.gate.size() == d.size() && x.up.size() == d.size() && d_x.gate.size() == d.size() && d_x.up.size() == d.size());
  HWY_DYNAMIC_DISPATCH(run_gated_backward)(activation, x, d.data(), d_x);
}

}  // namespace akin::kernels
#endif
