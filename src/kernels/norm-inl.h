// LayerNorm of one row on vectors, with an optional residual: shared by norm.cc and gemm_rows.cc. Included once a target.
// Two passes over the row in the first cache (mean, then variance of the differences), as the definition says: a one-pass variance
// loses its digits where the mean is large.
#if defined(AKIN_KERNELS_NORM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AKIN_KERNELS_NORM_INL_H_
#undef AKIN_KERNELS_NORM_INL_H_
#else
#define AKIN_KERNELS_NORM_INL_H_
#endif

#include <cmath>
#include <cstddef>

#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

struct LayerNormParameters {
  const float* gamma;  ///< nullptr: ones
  const float* beta;   ///< nullptr: zeros
  float eps;
};

/// out = x (+ residual); returns the sum.
HWY_INLINE float add_and_sum(const float* x, const float* residual, std::size_t n, float* out) {
  const FloatTag d;
  auto sum0 = hn::Zero(d), sum1 = hn::Zero(d);
  std::size_t i = 0;
  for (; i + 2 * n_lanes() <= n; i += 2 * n_lanes()) {
    auto v0 = hn::LoadU(d, x + i), v1 = hn::LoadU(d, x + i + n_lanes());
    if (residual != nullptr) {
      v0 = hn::Add(v0, hn::LoadU(d, residual + i));
      v1 = hn::Add(v1, hn::LoadU(d, residual + i + n_lanes()));
    }
    hn::StoreU(v0, d, out + i);
    hn::StoreU(v1, d, out + i + n_lanes());
    sum0 = hn::Add(sum0, v0);
    sum1 = hn::Add(sum1, v1);
  }
  float sum = sum_of(hn::Add(sum0, sum1));
  for (; i < n; ++i) sum += out[i] = residual != nullptr ? x[i] + residual[i] : x[i];
  return sum;
}

/// Σ (x − mean)².
HWY_INLINE float squared_differences(const float* x, std::size_t n, float mean) {
  const FloatTag d;
  const auto shift = hn::Set(d, mean);
  auto sum0 = hn::Zero(d), sum1 = hn::Zero(d);
  std::size_t i = 0;
  for (; i + 2 * n_lanes() <= n; i += 2 * n_lanes()) {
    const auto v0 = hn::Sub(hn::LoadU(d, x + i), shift), v1 = hn::Sub(hn::LoadU(d, x + i + n_lanes()), shift);
    sum0 = hn::MulAdd(v0, v0, sum0);
    sum1 = hn::MulAdd(v1, v1, sum1);
  }
  float sum = sum_of(hn::Add(sum0, sum1));
  for (; i < n; ++i) sum += (x[i] - mean) * (x[i] - mean);
  return sum;
}

/// x = (x − mean) · factor · gamma + beta.
HWY_INLINE void scale_and_shift(float* x, std::size_t n, float mean, float factor, const LayerNormParameters& p) {
  const FloatTag d;
  const auto shift = hn::Set(d, mean), scale = hn::Set(d, factor), one = hn::Set(d, 1.0F);
  std::size_t i = 0;
  for (; i + n_lanes() <= n; i += n_lanes()) {
    const auto gamma = p.gamma != nullptr ? hn::LoadU(d, p.gamma + i) : one;
    const auto beta = p.beta != nullptr ? hn::LoadU(d, p.beta + i) : hn::Zero(d);
    hn::StoreU(hn::MulAdd(hn::Mul(hn::Sub(hn::LoadU(d, x + i), shift), scale), gamma, beta), d, x + i);
  }
  for (; i < n; ++i) {
    x[i] = (x[i] - mean) * factor * (p.gamma != nullptr ? p.gamma[i] : 1.0F) + (p.beta != nullptr ? p.beta[i] : 0.0F);
  }
}

/// out = LayerNorm(x + residual); residual may be nullptr, out may be x or residual.
HWY_INLINE void layer_norm_one(const float* x, const float* residual, std::size_t n, const LayerNormParameters& p, float* out) {
  const auto count = static_cast<float>(n);
  const float mean = add_and_sum(x, residual, n, out) / count;
  const float variance = squared_differences(out, n, mean) / count;
  scale_and_shift(out, n, mean, 1 / std::sqrt(variance + p.eps), p);
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard
