// The loops of cross_entropy.h, compiled once a CPU target.
#include "akin/kernels/cross_entropy.h"

#include <cmath>

#include "akin/base/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cross_entropy.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

/// Σ e^(score − largest), a lane's sum in float over n / lanes numbers; `out`, if any, gets the terms.
HWY_INLINE float sum_exponentials(const float* scores, std::size_t n, float largest, float* out) {
  const FloatTag d;
  const auto shift = hn::Set(d, largest);
  auto sum = hn::Zero(d);
  std::size_t i = 0;
  for (; i + n_lanes() <= n; i += n_lanes()) {
    const auto e = exp(hn::Sub(hn::LoadU(d, scores + i), shift));
    if (out != nullptr) hn::StoreU(e, d, out + i);
    sum = hn::Add(sum, e);
  }
  float total = sum_of(sum);
  if (i == n) return total;
  HWY_ALIGN float tail[hn::MaxLanes(FloatTag())];
  hn::Store(exp(hn::Sub(load_tail(scores + i, n - i), shift)), d, tail);
  for (std::size_t k = 0; i + k < n; ++k) {
    total += tail[k];
    if (out != nullptr) out[i + k] = tail[k];
  }
  return total;
}

double loss_and_gradient(float* scores, std::size_t n, std::size_t target, float weight) {
  const FloatTag d;
  const float largest = largest_in(scores, n), chosen = scores[target];
  const float sum = sum_exponentials(scores, n, largest, scores);
  const float factor = weight / sum;
  std::size_t i = 0;
  for (; i + n_lanes() <= n; i += n_lanes()) hn::StoreU(hn::Mul(hn::LoadU(d, scores + i), hn::Set(d, factor)), d, scores + i);
  for (; i < n; ++i) scores[i] *= factor;
  scores[target] -= weight;
  return std::log(static_cast<double>(sum)) + static_cast<double>(largest) - static_cast<double>(chosen);
}

double loss_alone(const float* scores, std::size_t n, std::size_t target) {
  const float largest = largest_in(scores, n);
  const float sum = sum_exponentials(scores, n, largest, nullptr);
  return std::log(static_cast<double>(sum)) + static_cast<double>(largest) - static_cast<double>(scores[target]);
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(loss_and_gradient);
HWY_EXPORT(loss_alone);

double cross_entropy(std::span<float> scores, std::size_t target, float weight) noexcept {
  AKIN_DCHECK(target < scores.size());
  return HWY_DYNAMIC_DISPATCH(loss_and_gradient)(scores.data(), scores.size(), target, weight);
}

double cross_entropy(std::span<const float> scores, std::size_t target) noexcept {
  AKIN_DCHECK(target < scores.size());
  return HWY_DYNAMIC_DISPATCH(loss_alone)(scores.data(), scores.size(), target);
}

}  // namespace akin::kernels
#endif
