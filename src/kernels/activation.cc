// Run-time dispatch of activation.h; the functions themselves are in vector_math-inl.h.
#include "akin/kernels/activation.h"

#include <cstddef>

#include "akin/base/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "activation.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

struct ActivateLoop {
  const float* x;
  float* out;
  std::size_t n;

  template <Activation kActivation>
  HWY_INLINE void run() const {
    const FloatTag d;
    std::size_t i = 0;
    for (; i + n_lanes() <= n; i += n_lanes()) hn::StoreU(activated<kActivation>(hn::LoadU(d, x + i)), d, out + i);
    if (i < n) store_tail(activated<kActivation>(load_tail(x + i, n - i)), out + i, n - i);
  }
};

struct ActivateGatedLoop {
  const float *gate, *up;
  float* out;
  std::size_t n;

  template <Activation kActivation>
  HWY_INLINE void run() const {
    const FloatTag d;
    std::size_t i = 0;
    for (; i + n_lanes() <= n; i += n_lanes()) {
      hn::StoreU(hn::Mul(activated<kActivation>(hn::LoadU(d, gate + i)), hn::LoadU(d, up + i)), d, out + i);
    }
    if (i < n) store_tail(hn::Mul(activated<kActivation>(load_tail(gate + i, n - i)), load_tail(up + i, n - i)), out + i, n - i);
  }
};

void activate_row(Activation activation, const float* x, float* out, std::size_t n) {
  with_activation(activation, ActivateLoop{x, out, n});
}

void activate_gated_row(Activation activation, const GatedRow& x, float* out) {
  with_activation(activation, ActivateGatedLoop{x.gate.data(), x.up.data(), out, x.up.size()});
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(activate_row);
HWY_EXPORT(activate_gated_row);

void activate(Activation activation, std::span<float> x) noexcept {
  if (activation != Activation::none) activate(activation, x, x);
}

void activate(Activation activation, std::span<const float> x, std::span<float> out) noexcept {
  AKIN_DCHECK(out.size() == x.size());
  HWY_DYNAMIC_DISPATCH(activate_row)(activation, x.data(), out.data(), x.size());
}

void activate_gated(Activation activation, std::span<float> gate, std::span<const float> up) noexcept {
  activate_gated(activation, {gate, up}, gate);
}

void activate_gated(Activation activation, const GatedRow& x, std::span<float> out) noexcept {
  AKIN_DCHECK(x.gate.size() == out.size() && x.up.size() == out.size());
  HWY_DYNAMIC_DISPATCH(activate_gated_row)(activation, x, out.data());
}

}  // namespace akin::kernels
#endif
