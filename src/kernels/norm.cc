// Run-time dispatch of norm.h; LayerNorm's loop is in norm-inl.h.
#include "akin/kernels/norm.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "norm.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "norm-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

void layer_norm_rows(MatrixView<const float> x, MatrixView<const float> residual, const float* gamma, const float* beta, float eps,
                     MatrixView<float> out) {
  const LayerNormParameters parameters{gamma, beta, eps};
  for (std::size_t r = 0; r < x.rows(); ++r) {
    layer_norm_one(x.row_data(r), residual.empty() ? nullptr : residual.row_data(r), x.cols(), parameters, out.row_data(r));
  }
}

void scale_row(const float* x, float factor, const float* gamma, std::size_t n, float* out) {
  const FloatTag d;
  const auto scale = hn::Set(d, factor);
  std::size_t i = 0;
  for (; i + n_lanes() <= n; i += n_lanes()) {
    const auto v = hn::Mul(hn::LoadU(d, x + i), scale);
    hn::StoreU(gamma != nullptr ? hn::Mul(v, hn::LoadU(d, gamma + i)) : v, d, out + i);
  }
  for (; i < n; ++i) out[i] = x[i] * factor * (gamma != nullptr ? gamma[i] : 1.0F);
}

void rms_norm_rows(MatrixView<const float> x, const float* gamma, float eps, MatrixView<float> out) {
  for (std::size_t r = 0; r < x.rows(); ++r) {
    const float mean_square = squared_differences(x.row_data(r), x.cols(), 0.0F) / static_cast<float>(x.cols());
    scale_row(x.row_data(r), 1 / std::sqrt(mean_square + eps), gamma, x.cols(), out.row_data(r));
  }
}

float l2_normalize_row(float* row, std::size_t n) {
  const float length = std::sqrt(squared_differences(row, n, 0.0F));
  scale_row(row, 1 / std::max(length, 1e-12F), nullptr, n, row);
  return length;
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(layer_norm_rows);
HWY_EXPORT(rms_norm_rows);
HWY_EXPORT(l2_normalize_row);

namespace {
const float* data_or_null(std::span<const float> s) { return s.empty() ? nullptr : s.data(); }
}  // namespace

void layer_norm(MatrixView<const float> x, std::span<const float> gamma, std::span<const float> beta, float eps,
                MatrixView<float> out) noexcept {
  add_layer_norm(x, {}, gamma, beta, eps, out);
}

void add_layer_norm(MatrixView<const float> x, MatrixView<const float> residual, std::span<const float> gamma, std::span<const float> beta,
                    float eps, MatrixView<float> out) noexcept {
  AKIN_DCHECK(gamma.empty() || gamma.size() == x.cols());
  AKIN_DCHECK(beta.empty() || beta.size() == x.cols());
  AKIN_DCHECK(out.rows() == x.rows() && out.cols() == x.cols());
  HWY_DYNAMIC_DISPATCH(layer_norm_rows)(x, residual, data_or_null(gamma), data_or_null(beta), eps, out);
}

void rms_norm(MatrixView<const float> x, std::span<const float> gamma, float eps, MatrixView<float> out) noexcept {
  AKIN_DCHECK(gamma.empty() || gamma.size() == x.cols());
  HWY_DYNAMIC_DISPATCH(rms_norm_rows)(x, data_or_null(gamma), eps, out);
}

float l2_normalize(std::span<float> row) noexcept { return HWY_DYNAMIC_DISPATCH(l2_normalize_row)(row.data(), row.size()); }

}  // namespace akin::kernels
#endif
