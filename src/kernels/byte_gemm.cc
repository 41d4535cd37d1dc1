// Packing and run-time dispatch of byte_gemm.h; the loops are in byte_gemm-inl.h.
#include "byte_gemm.h"

#include <algorithm>

#include "akin/base/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "byte_gemm.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "byte_gemm-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

bool has_byte_products() { return kHasByteProducts; }

void multiply_bytes(const byte_gemm::Rows& rows, const byte_gemm::Weight& weight, std::size_t first, std::size_t last,
                    Activation activation, MatrixView<float> out) {
  with_activation(activation, MultiplyBytes{rows, weight, first, last, out});
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(has_byte_products);
HWY_EXPORT(multiply_bytes);

namespace byte_gemm {
namespace {

constexpr std::size_t round_up(std::size_t n, std::size_t step) { return (n + step - 1) / step * step; }

}  // namespace

bool is_fast() { return HWY_DYNAMIC_DISPATCH(has_byte_products)(); }

Weight::Weight(std::size_t n_out, std::size_t n_in)
    : n_out_(n_out),
      n_in_(n_in),
      panels_(round_up(n_out, kPanel) / kPanel, round_up(n_in, 4) * kPanel),
      scales_(1, round_up(n_out, kPanel)),
      bias_(1, round_up(n_out, kPanel)),
      sums_(1, round_up(n_out, kPanel)) {}

void Weight::set_row(std::size_t n, std::span<const std::int8_t> row, float scale) {
  AKIN_DCHECK(n < n_out_ && row.size() == n_in_);
  std::int8_t* out = panels_.row(n / kPanel).data() + n % kPanel * 4;
  std::int32_t sum = 0;
  for (std::size_t k = 0; k < row.size(); k += 4) std::copy_n(row.data() + k, std::min<std::size_t>(4, row.size() - k), out + k * kPanel);
  for (const std::int8_t b : row) sum += b;
  scales_(0, n) = scale;
  sums_(0, n) = sum;
}

void Weight::set_bias(std::span<const float> bias) { std::ranges::copy(bias, bias_.data()); }

std::size_t Weight::bytes() const noexcept { return panels_.size() + 3 * sizeof(float) * scales_.size(); }

void multiply(const Rows& rows, const Weight& weight, std::size_t first, std::size_t last, Activation activation, MatrixView<float> out) {
  AKIN_DCHECK(first <= last && last <= weight.n_panels() && out.rows() == rows.count);
  HWY_DYNAMIC_DISPATCH(multiply_bytes)(rows, weight, first, last, activation, out);
}

}  // namespace byte_gemm
}  // namespace akin::kernels
#endif
