#include "akin/kernels/matmul.h"

#include <algorithm>
#include <string>

#include "akin/base/error.h"
#include "onednn.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "matmul.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

/// Columns whose sums stay in registers.
template <std::size_t kVectors>
HWY_INLINE void add_sums(MatrixView<const float> x, std::size_t column, float* sums) {
  const FloatTag d;
  hn::Vec<FloatTag> total[kVectors];
  for (std::size_t v = 0; v < kVectors; ++v) total[v] = hn::LoadU(d, sums + column + v * n_lanes());
  for (std::size_t r = 0; r < x.rows(); ++r) {
    const float* row = x.row_data(r) + column;
    for (std::size_t v = 0; v < kVectors; ++v) total[v] = hn::Add(total[v], hn::LoadU(d, row + v * n_lanes()));
  }
  for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(total[v], d, sums + column + v * n_lanes());
}

void add_all_sums(MatrixView<const float> x, float* sums) {
  std::size_t c = 0;
  for (; c + 8 * n_lanes() <= x.cols(); c += 8 * n_lanes()) add_sums<8>(x, c, sums);
  for (; c + n_lanes() <= x.cols(); c += n_lanes()) add_sums<1>(x, c, sums);
  for (; c < x.cols(); ++c) {
    for (std::size_t r = 0; r < x.rows(); ++r) sums[c] += x.row_data(r)[c];
  }
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(add_all_sums);

void matmul(const Factor& a, const Factor& b, Sum sum, MatrixView<float> out, float scale) {
  if (a.cols() != b.rows() || a.rows() != out.rows() || b.cols() != out.cols()) {
    const auto shape = [](std::size_t rows, std::size_t cols) { return "(" + std::to_string(rows) + ", " + std::to_string(cols) + ")"; };
    throw Error(ErrorCode::invalid_argument, "matmul: " + shape(a.rows(), a.cols()) + " times " + shape(b.rows(), b.cols()) +
                                                 " does not give " + shape(out.rows(), out.cols()));
  }
  if (out.empty()) return;
  if (a.cols() > 0) return onednn::multiply_add(a, b, scale, sum == Sum::add ? 1.0F : 0.0F, out);
  if (sum == Sum::add) return;
  for (std::size_t r = 0; r < out.rows(); ++r) std::ranges::fill(out.row(r), 0.0F);
}

void add_column_sums(MatrixView<const float> x, std::span<float> sums) noexcept {
  AKIN_DCHECK(sums.size() == x.cols());
  HWY_DYNAMIC_DISPATCH(add_all_sums)(x, sums.data());
}

}  // namespace akin::kernels
#endif
