// The panel kernel, compiled once a CPU target.
#include "portable_gemm.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "portable_gemm.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

constexpr std::size_t kPanelWidth = 16;  // portable::kPanel
using PanelTag = hn::CappedTag<float, kPanelWidth>;
constexpr std::size_t kVectors = kPanelWidth / hn::MaxLanes(PanelTag());

/// Rows at a time: as many sums as fit the registers beside one row of the panel.
constexpr std::size_t kRowsAtOnce = kVectors == 1 ? 12 : kVectors == 2 ? 6 : kVectors == 4 ? 2 : 1;

/// kRows rows of x times one panel into out[row][kPanelWidth].
template <std::size_t kRows>
HWY_INLINE void multiply_panel(const float* const* x, std::size_t n_in, const float* panel, float* out) {
  const PanelTag d;
  constexpr std::size_t kLanes = hn::MaxLanes(PanelTag());
  hn::Vec<PanelTag> sums[kRows][kVectors];
  for (auto& row : sums) {
    for (auto& sum : row) sum = hn::Zero(d);
  }
  for (std::size_t k = 0; k < n_in; ++k) {
    hn::Vec<PanelTag> weights[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) weights[v] = hn::Load(d, panel + k * kPanelWidth + v * kLanes);
    for (std::size_t r = 0; r < kRows; ++r) {
      const auto number = hn::Set(d, x[r][k]);
      for (std::size_t v = 0; v < kVectors; ++v) sums[r][v] = hn::MulAdd(number, weights[v], sums[r][v]);
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t v = 0; v < kVectors; ++v) hn::Store(sums[r][v], d, out + r * kPanelWidth + v * kLanes);
  }
}

void multiply_panels(MatrixView<const float> x, const float* panels, const float* bias, MatrixView<float> out) {
  HWY_ALIGN float block[kRowsAtOnce * kPanelWidth];
  for (std::size_t r = 0; r < x.rows(); r += kRowsAtOnce) {
    const std::size_t n_rows = std::min(kRowsAtOnce, x.rows() - r);
    const float* rows[kRowsAtOnce];
    for (std::size_t i = 0; i < kRowsAtOnce; ++i) rows[i] = x.row_data(r + std::min(i, n_rows - 1));
    for (std::size_t c = 0; c < out.cols(); c += kPanelWidth) {
      multiply_panel<kRowsAtOnce>(rows, x.cols(), panels + c * x.cols(), block);
      const std::size_t n_cols = std::min(kPanelWidth, out.cols() - c);
      for (std::size_t i = 0; i < n_rows; ++i) {
        for (std::size_t j = 0; j < n_cols; ++j) out.row_data(r + i)[c + j] = block[i * kPanelWidth + j] + bias[c + j];
      }
    }
  }
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(multiply_panels);

namespace portable {

static_assert(kPanel == HWY_NAMESPACE::kPanelWidth);

Matrix<float> make_panels(std::size_t n_out, std::size_t n_in) { return {(n_out + kPanel - 1) / kPanel, n_in * kPanel}; }

void set_row(Matrix<float>& panels, std::size_t n, std::span<const float> row) {
  float* out = panels.row(n / kPanel).data() + n % kPanel;
  for (std::size_t k = 0; k < row.size(); ++k) out[k * kPanel] = row[k];
}

void multiply(MatrixView<const float> x, const Matrix<float>& panels, std::size_t first, const float* bias, MatrixView<float> out) {
  HWY_DYNAMIC_DISPATCH(multiply_panels)(x, panels.data() + first * x.cols(), bias + first, out);
}

}  // namespace portable
}  // namespace akin::kernels
#endif
