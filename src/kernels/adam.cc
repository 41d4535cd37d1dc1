// The loops of adam.h, compiled once a CPU target.
#include "akin/kernels/adam.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "akin/base/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adam.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "norm-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

struct AdamNumbers {
  FloatVec x, m, v;
};

HWY_INLINE AdamNumbers adam_one(const AdamStep& s, FloatVec gradient, const AdamNumbers& before) {
  const FloatTag d;
  const auto g = hn::Mul(gradient, hn::Set(d, s.gradient_scale));
  const auto m = hn::MulAdd(hn::Set(d, 1 - s.beta1), hn::Sub(g, before.m), before.m);
  const auto v = hn::MulAdd(hn::Mul(g, g), hn::Set(d, 1 - s.beta2), hn::Mul(before.v, hn::Set(d, s.beta2)));
  const auto root = hn::MulAdd(hn::Sqrt(v), hn::Set(d, s.root_correction), hn::Set(d, s.eps));
  const auto kept = hn::NegMulAdd(before.x, hn::Set(d, s.decay), before.x);
  return {hn::NegMulAdd(hn::Set(d, s.rate), hn::Div(m, root), kept), m, v};
}

void adam_numbers(const AdamStep& step, const float* gradients, const AdamState& state) {
  const FloatTag d;
  float *x = state.values.data(), *m = state.first_moments.data(), *v = state.second_moments.data();
  const std::size_t n = state.values.size();
  std::size_t i = 0;
  for (; i + n_lanes() <= n; i += n_lanes()) {
    const AdamNumbers after = adam_one(step, hn::LoadU(d, gradients + i), {hn::LoadU(d, x + i), hn::LoadU(d, m + i), hn::LoadU(d, v + i)});
    hn::StoreU(after.x, d, x + i);
    hn::StoreU(after.m, d, m + i);
    hn::StoreU(after.v, d, v + i);
  }
  if (i == n) return;
  const AdamNumbers after =
      adam_one(step, load_tail(gradients + i, n - i), {load_tail(x + i, n - i), load_tail(m + i, n - i), load_tail(v + i, n - i)});
  store_tail(after.x, x + i, n - i);
  store_tail(after.m, m + i, n - i);
  store_tail(after.v, v + i, n - i);
}

float block_of_squares(const float* x, std::size_t n) { return squared_differences(x, n, 0.0F); }

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(adam_numbers);
HWY_EXPORT(block_of_squares);

void adam_update(const AdamStep& step, std::span<const float> gradients, const AdamState& state) noexcept {
  AKIN_DCHECK(gradients.size() == state.values.size() && state.first_moments.size() == gradients.size() &&
              state.second_moments.size() == gradients.size());
  HWY_DYNAMIC_DISPATCH(adam_numbers)(step, gradients.data(), state);
}

double sum_of_squares(std::span<const float> x) noexcept {
  constexpr std::size_t kBlock = 1024;
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); i += kBlock) {
    sum += static_cast<double>(HWY_DYNAMIC_DISPATCH(block_of_squares)(x.data() + i, std::min(kBlock, x.size() - i)));
  }
  return sum;
}

}  // namespace akin::kernels
#endif
