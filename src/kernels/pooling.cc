// The loops of pooling.h, compiled once a CPU target. Columns run in blocks of vectors that stay in registers while the rows go by.
#include "akin/kernels/pooling.h"

#include <algorithm>
#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "pooling.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

/// weights == nullptr: ones. `inverse` is 1 / their sum.
void mean_of_rows(MatrixView<const float> rows, const float* weights, float inverse, float* out) {
  const FloatTag d;
  const std::size_t n = rows.cols();
  std::size_t c = 0;
  for (; c + n_lanes() <= n; c += n_lanes()) {
    auto sum = hn::Zero(d);
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      const auto v = hn::LoadU(d, rows.row_data(r) + c);
      sum = weights != nullptr ? hn::MulAdd(v, hn::Set(d, weights[r]), sum) : hn::Add(sum, v);
    }
    hn::StoreU(hn::Mul(sum, hn::Set(d, inverse)), d, out + c);
  }
  for (; c < n; ++c) {
    float sum = 0;
    for (std::size_t r = 0; r < rows.rows(); ++r) sum += weights != nullptr ? rows(r, c) * weights[r] : rows(r, c);
    out[c] = sum * inverse;
  }
}

void largest_of_rows(MatrixView<const float> rows, float* out) {
  const FloatTag d;
  const std::size_t n = rows.cols();
  std::size_t c = 0;
  for (; c + n_lanes() <= n; c += n_lanes()) {
    auto largest = hn::LoadU(d, rows.row_data(0) + c);
    for (std::size_t r = 1; r < rows.rows(); ++r) largest = hn::Max(largest, hn::LoadU(d, rows.row_data(r) + c));
    hn::StoreU(largest, d, out + c);
  }
  for (; c < n; ++c) {
    out[c] = rows(0, c);
    for (std::size_t r = 1; r < rows.rows(); ++r) out[c] = std::max(out[c], rows(r, c));
  }
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(mean_of_rows);
HWY_EXPORT(largest_of_rows);

void mean_pool(MatrixView<const float> rows, std::span<float> out) noexcept {
  AKIN_DCHECK(rows.rows() > 0 && out.size() == rows.cols());
  HWY_DYNAMIC_DISPATCH(mean_of_rows)(rows, nullptr, 1 / static_cast<float>(rows.rows()), out.data());
}

void weighted_mean_pool(MatrixView<const float> rows, std::span<const float> weights, std::span<float> out) noexcept {
  AKIN_DCHECK(rows.rows() > 0 && out.size() == rows.cols() && weights.size() == rows.rows());
  double sum = 0;
  for (const float w : weights) sum += static_cast<double>(w);
  HWY_DYNAMIC_DISPATCH(mean_of_rows)(rows, weights.data(), static_cast<float>(1 / sum), out.data());
}

void max_pool(MatrixView<const float> rows, std::span<float> out) noexcept {
  AKIN_DCHECK(rows.rows() > 0 && out.size() == rows.cols());
  HWY_DYNAMIC_DISPATCH(largest_of_rows)(rows, out.data());
}

}  // namespace akin::kernels
#endif
