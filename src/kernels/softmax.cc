// The loop of softmax.h, compiled once a CPU target.
#include "akin/kernels/softmax.h"

#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "softmax.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

/// e^(x − largest), 0 where x is −∞ or so far below that e^ is subnormal.
HWY_INLINE FloatVec exp_below(FloatVec x, FloatVec largest) {
  const FloatTag d;
  const auto below = hn::Sub(x, largest);
  return hn::IfThenElseZero(hn::Gt(below, hn::Set(d, -87.3F)), exp(below));
}

void softmax_row(float* row, std::size_t n) {
  const FloatTag d;
  const float largest = largest_in(row, n);
  if (largest == kMinusInfinity) {
    std::fill_n(row, n, 0.0F);
    return;
  }
  const auto shift = hn::Set(d, largest);
  auto sum = hn::Zero(d);
  std::size_t i = 0;
  for (; i + n_lanes() <= n; i += n_lanes()) {
    const auto e = exp_below(hn::LoadU(d, row + i), shift);
    hn::StoreU(e, d, row + i);
    sum = hn::Add(sum, e);
  }
  if (i < n) {
    const auto e = exp_below(load_tail(row + i, n - i, kMinusInfinity), shift);
    store_tail(e, row + i, n - i);
    sum = hn::Add(sum, e);
  }
  const float inverse = 1 / sum_of(sum);
  const auto factor = hn::Set(d, inverse);
  for (i = 0; i + n_lanes() <= n; i += n_lanes()) hn::StoreU(hn::Mul(hn::LoadU(d, row + i), factor), d, row + i);
  for (; i < n; ++i) row[i] *= inverse;
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(softmax_row);

void softmax(std::span<float> row) noexcept { HWY_DYNAMIC_DISPATCH(softmax_row)(row.data(), row.size()); }

}  // namespace akin::kernels
#endif
