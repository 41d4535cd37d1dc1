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
  float* x;
  std::size_t n;

  template <Activation kActivation>
  HWY_INLINE void run() const {
    const FloatTag d;
    std::size_t i = 0;
    for (; i + n_lanes() <= n; i += n_lanes()) hn::StoreU(activated<kActivation>(hn::LoadU(d, x + i)), d, x + i);
    if (i < n) store_tail(activated<kActivation>(load_tail(x + i, n - i)), x + i, n - i);
  }
};

struct ActivateGatedLoop {
  float* gate;
  const float* up;
  std::size_t n;

  template <Activation kActivation>
  HWY_INLINE void run() const {
    const FloatTag d;
    std::size_t i = 0;
    for (; i + n_lanes() <= n; i += n_lanes()) {
      hn::StoreU(hn::Mul(activated<kActivation>(hn::LoadU(d, gate + i)), hn::LoadU(d, up + i)), d, gate + i);
    }
    if (i < n) store_tail(hn::Mul(activated<kActivation>(load_tail(gate + i, n - i)), load_tail(up + i, n - i)), gate + i, n - i);
  }
};

void activate_row(Activation activation, float* x, std::size_t n) { with_activation(activation, ActivateLoop{x, n}); }

void activate_gated_row(Activation activation, float* gate, const float* up, std::size_t n) {
  with_activation(activation, ActivateGatedLoop{gate, up, n});
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(activate_row);
HWY_EXPORT(activate_gated_row);

void activate(Activation activation, std::span<float> x) noexcept {
  if (activation != Activation::none) HWY_DYNAMIC_DISPATCH(activate_row)(activation, x.data(), x.size());
}

void activate_gated(Activation activation, std::span<float> gate, std::span<const float> up) noexcept {
  AKIN_DCHECK(gate.size() == up.size());
  HWY_DYNAMIC_DISPATCH(activate_gated_row)(activation, gate.data(), up.data(), gate.size());
}

}  // namespace akin::kernels
#endif
