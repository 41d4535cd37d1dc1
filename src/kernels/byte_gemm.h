// The product of 8-bit rows with 8-bit weights, and its way back to floats, in one pass: what oneDNN would write as 32-bit sums and a
// second loop would read again is scaled, biased and activated while it is in the first cache. Sums are exact, so no order of them can
// change a bit. For CPUs with VNNI (target AVX3_DL); gemm.cc asks portable_gemm.h elsewhere. Tested by byte_gemm_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "akin/base/matrix.h"
#include "akin/kernels/activation.h"

namespace akin::kernels::byte_gemm {

/// True where the target in use multiplies bytes and sums them by fours in one instruction.
bool is_fast();

/// Outputs that lie together: two vectors of sums.
inline constexpr std::size_t kPanel = 32;

/// A weight (n_out, n_in): for each kPanel outputs, four inputs of each by turns; past the ends zeros.
class Weight {
 public:
  Weight() = default;
  Weight(std::size_t n_out, std::size_t n_in);
  /// weight value = row byte · scale
  void set_row(std::size_t n, std::span<const std::int8_t> row, float scale);
  void set_bias(std::span<const float> bias);

  [[nodiscard]] std::size_t n_out() const noexcept { return n_out_; }
  [[nodiscard]] std::size_t n_in() const noexcept { return n_in_; }
  [[nodiscard]] std::size_t n_panels() const noexcept { return panels_.rows(); }
  [[nodiscard]] std::size_t bytes() const noexcept;
  [[nodiscard]] const std::int8_t* panel(std::size_t p) const noexcept { return panels_.row(p).data(); }
  [[nodiscard]] const float* scales() const noexcept { return scales_.data(); }
  [[nodiscard]] const float* bias() const noexcept { return bias_.data(); }
  [[nodiscard]] const std::int32_t* sums() const noexcept { return sums_.data(); }

 private:
  std::size_t n_out_ = 0;
  std::size_t n_in_ = 0;
  Matrix<std::int8_t> panels_;
  Matrix<float> scales_;
  Matrix<float> bias_;
  Matrix<std::int32_t> sums_;  // of each output's bytes, which the rows' zero points multiply
};

/// Rows of bytes without gaps, kReadPast bytes readable after the last; value = (byte − zero) · scale.
struct Rows {
  const std::uint8_t* bytes = nullptr;
  const float* scales = nullptr;
  const std::int32_t* zeros = nullptr;
  std::size_t count = 0;
};
inline constexpr std::size_t kReadPast = 4;

/// out = activation(rows · weightᵀ + bias) for the outputs of panels [first, last): out has rows.count rows and a column for each of these
/// outputs. Within 1.2e-4 of the exact GELU, a hundredth of what 8 bits round.
void multiply(const Rows& rows, const Weight& weight, std::size_t first, std::size_t last, Activation activation, MatrixView<float> out);

}  // namespace akin::kernels::byte_gemm
