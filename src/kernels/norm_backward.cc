// The loops of norm_backward.h, compiled once a CPU target. With h = (x − mean) · r, r = 1 / sqrt(variance + eps) and g = d_out · gamma:
//   d_x = r · (g − mean(g) − h · mean(g · h)); RMSNorm is the same without the means of x and g.
// Mean and r are computed again from x, which is in cache: two passes over a row cost less than keeping them would.
#include "akin/kernels/norm_backward.h"

#include <cmath>
#include <cstddef>

#include "akin/base/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "norm_backward.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "norm-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

/// A row on its way: normalised numbers are (x − mean) · factor.
struct BackwardRow {
  const float *x, *gamma, *d_out;
  std::size_t n;
  float mean, factor;
};

HWY_INLINE float sum_in(const float* x, std::size_t n) {
  const FloatTag d;
  auto sum0 = hn::Zero(d), sum1 = hn::Zero(d);
  std::size_t i = 0;
  for (; i + 2 * n_lanes() <= n; i += 2 * n_lanes()) {
    sum0 = hn::Add(sum0, hn::LoadU(d, x + i));
    sum1 = hn::Add(sum1, hn::LoadU(d, x + i + n_lanes()));
  }
  float sum = sum_of(hn::Add(sum0, sum1));
  for (; i < n; ++i) sum += x[i];
  return sum;
}

/// Σ g and Σ g · h; d_gamma += d_out · h, d_beta += d_out where there are any.
struct GradientSums {
  float plain, with_normalized;
};
HWY_INLINE GradientSums add_and_sum_gradients(const BackwardRow& row, float* d_gamma, float* d_beta) {
  const FloatTag d;
  const auto mean = hn::Set(d, row.mean), factor = hn::Set(d, row.factor);
  auto sum = hn::Zero(d), product = hn::Zero(d);
  std::size_t i = 0;
  for (; i + n_lanes() <= row.n; i += n_lanes()) {
    const auto out = hn::LoadU(d, row.d_out + i);
    const auto h = hn::Mul(hn::Sub(hn::LoadU(d, row.x + i), mean), factor);
    const auto g = row.gamma != nullptr ? hn::Mul(out, hn::LoadU(d, row.gamma + i)) : out;
    if (d_gamma != nullptr) hn::StoreU(hn::MulAdd(out, h, hn::LoadU(d, d_gamma + i)), d, d_gamma + i);
    if (d_beta != nullptr) hn::StoreU(hn::Add(hn::LoadU(d, d_beta + i), out), d, d_beta + i);
    sum = hn::Add(sum, g);
    product = hn::MulAdd(g, h, product);
  }
  GradientSums sums{sum_of(sum), sum_of(product)};
  for (; i < row.n; ++i) {
    const float h = (row.x[i] - row.mean) * row.factor, g = row.d_out[i] * (row.gamma != nullptr ? row.gamma[i] : 1.0F);
    if (d_gamma != nullptr) d_gamma[i] += row.d_out[i] * h;
    if (d_beta != nullptr) d_beta[i] += row.d_out[i];
    sums.plain += g;
    sums.with_normalized += g * h;
  }
  return sums;
}

/// d_x (+)= factor · (g − plain − h · with_normalized).
template <bool kAdds>
HWY_INLINE void write_gradient(const BackwardRow& row, const GradientSums& means, float* d_x) {
  const FloatTag d;
  const auto mean = hn::Set(d, row.mean), factor = hn::Set(d, row.factor);
  const auto plain = hn::Set(d, means.plain), with_normalized = hn::Set(d, means.with_normalized);
  std::size_t i = 0;
  for (; i + n_lanes() <= row.n; i += n_lanes()) {
    const auto out = hn::LoadU(d, row.d_out + i);
    const auto h = hn::Mul(hn::Sub(hn::LoadU(d, row.x + i), mean), factor);
    const auto g = row.gamma != nullptr ? hn::Mul(out, hn::LoadU(d, row.gamma + i)) : out;
    auto gradient = hn::Mul(factor, hn::NegMulAdd(h, with_normalized, hn::Sub(g, plain)));
    if (kAdds) gradient = hn::Add(gradient, hn::LoadU(d, d_x + i));
    hn::StoreU(gradient, d, d_x + i);
  }
  for (; i < row.n; ++i) {
    const float h = (row.x[i] - row.mean) * row.factor, g = row.d_out[i] * (row.gamma != nullptr ? row.gamma[i] : 1.0F);
    const float gradient = row.factor * (g - means.plain - h * means.with_normalized);
    d_x[i] = kAdds ? d_x[i] + gradient : gradient;
  }
}

void norm_backward_rows(const NormBackward& pass, bool centred, const NormGradients& to) {
  const std::size_t n = pass.x.cols();
  const auto count = static_cast<float>(n);
  float* d_gamma = to.d_gamma.empty() ? nullptr : to.d_gamma.data();
  float* d_beta = to.d_beta.empty() || !centred ? nullptr : to.d_beta.data();
  for (std::size_t r = 0; r < pass.x.rows(); ++r) {
    BackwardRow row{pass.x.row_data(r), pass.gamma.empty() ? nullptr : pass.gamma.data(), pass.d_out.row_data(r), n, 0, 0};
    if (centred) row.mean = sum_in(row.x, n) / count;
    row.factor = 1 / std::sqrt(squared_differences(row.x, n, row.mean) / count + pass.eps);
    GradientSums means = add_and_sum_gradients(row, d_gamma, d_beta);
    means = {centred ? means.plain / count : 0.0F, means.with_normalized / count};
    if (to.adds) {
      write_gradient<true>(row, means, to.d_x.row_data(r));
    } else {
      write_gradient<false>(row, means, to.d_x.row_data(r));
    }
  }
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(norm_backward_rows);

namespace {
void check([[maybe_unused]] const NormBackward& pass, [[maybe_unused]] const NormGradients& to) noexcept {
  AKIN_DCHECK(pass.gamma.empty() || pass.gamma.size() == pass.x.cols());
  AKIN_DCHECK(pass.d_out.rows() == pass.x.rows() && pass.d_out.cols() == pass.x.cols());
  AKIN_DCHECK(to.d_x.rows() == pass.x.rows() && to.d_x.cols() == pass.x.cols());
  AKIN_DCHECK(to.d_gamma.empty() || to.d_gamma.size() == pass.x.cols());
  AKIN_DCHECK(to.d_beta.empty() || to.d_beta.size() == pass.x.cols());
}
}  // namespace

void layer_norm_backward(const NormBackward& pass, const NormGradients& gradients) noexcept {
  check(pass, gradients);
  HWY_DYNAMIC_DISPATCH(norm_backward_rows)(pass, true, gradients);
}

void rms_norm_backward(const NormBackward& pass, const NormGradients& gradients) noexcept {
  check(pass, gradients);
  HWY_DYNAMIC_DISPATCH(norm_backward_rows)(pass, false, gradients);
}

}  // namespace akin::kernels
#endif
