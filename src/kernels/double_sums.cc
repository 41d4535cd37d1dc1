#include "akin/kernels/double_sums.h"

#include <cstddef>

#include "akin/base/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "double_sums.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The product of a float and ±1 is exact, others are rounded once before they are added: no fused multiply-add, so that every target has
// the same bits.
void add_to_sums_loop(const float* x, double factor, double* sums, std::size_t n) {
  std::size_t i = 0;
#if HWY_HAVE_FLOAT64
  const hn::ScalableTag<double> d;
  const hn::Rebind<float, hn::ScalableTag<double>> half;
  const auto f = hn::Set(d, factor);
  for (; i + hn::MaxLanes(d) <= n; i += hn::MaxLanes(d))
    hn::StoreU(hn::Add(hn::LoadU(d, sums + i), hn::Mul(f, hn::PromoteTo(d, hn::LoadU(half, x + i)))), d, sums + i);
#endif
  for (; i < n; ++i) {
    const double product = factor * static_cast<double>(x[i]);
    sums[i] += product;
  }
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(add_to_sums_loop);

void add_to_sums(std::span<const float> x, double factor, std::span<double> sums) noexcept {
  AKIN_DCHECK(x.size() == sums.size());
  HWY_DYNAMIC_DISPATCH(add_to_sums_loop)(x.data(), factor, sums.data(), x.size());
}

}  // namespace akin::kernels
#endif
