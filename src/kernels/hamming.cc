// Run-time dispatch of hamming.h: the loop is in hamming-inl.h, compiled once a CPU target.
#include "akin/kernels/hamming.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "hamming.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "hamming-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

std::uint64_t hamming_pair(const std::uint8_t* a, const std::uint8_t* b, std::size_t n) { return differing_bits(a, b, n); }

void hamming_block(const std::uint8_t* query, const std::uint8_t* codes, std::size_t stride, std::size_t n_rows, std::size_t n,
                   std::uint32_t* out) {
  for (std::size_t r = 0; r < n_rows; ++r) out[r] = static_cast<std::uint32_t>(differing_bits(query, codes + r * stride, n));
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(hamming_pair);
HWY_EXPORT(hamming_block);

std::uint64_t hamming(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) noexcept {
  AKIN_DCHECK(a.size() == b.size());
  return HWY_DYNAMIC_DISPATCH(hamming_pair)(a.data(), b.data(), a.size());
}

void hamming_rows(std::span<const std::uint8_t> query, MatrixView<const std::uint8_t> codes, std::span<std::uint32_t> out) noexcept {
  AKIN_DCHECK(query.size() == codes.cols() && out.size() == codes.rows());
  HWY_DYNAMIC_DISPATCH(hamming_block)(query.data(), codes.data(), codes.stride(), codes.rows(), codes.cols(), out.data());
}

}  // namespace akin::kernels
#endif  // HWY_ONCE
