// Products of 8-bit codes, for a first look at many rows: a quarter of the bytes of f32 and four times its arithmetic (VNNI).
//
// Rows lie in panels of 16: for every four dimensions the 64 bytes of 16 rows stand together, so that one instruction multiplies and adds
// for 16 rows. A row's byte is its code + 128, a query's byte is its code, both from −127 to 127. The sums are exact whole numbers, so
// every CPU target gives the same bits. Tested by code_dot_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "akin/base/matrix.h"

namespace akin::kernels {

inline constexpr std::size_t kPanelRows = 16;

/// Dimensions as stored: up to a multiple of four, zeros behind.
constexpr std::size_t padded_dim(std::size_t dim) noexcept { return (dim + 3) / 4 * 4; }

/// Where the byte of `row` < 16 and `dimension` lies in a panel of 16 * padded_dim bytes.
constexpr std::size_t panel_offset(std::size_t row, std::size_t dimension) noexcept { return dimension / 4 * 64 + row * 4 + dimension % 4; }

/// Whether the CPU target in use has an instruction for it. Without one a pass over f32 rows is faster.
[[nodiscard]] bool code_dot_is_fast() noexcept;

/// Panels of codes and what they are multiplied with.
struct CodePanels {
  const std::uint8_t* bytes = nullptr;  ///< n_panels * kPanelRows * dim
  const float* scales = nullptr;        ///< n_panels * kPanelRows: of each row
  std::size_t n_panels = 0;
  std::size_t dim = 0;  ///< padded
};

/// Codes of queries: codes.cols() is the padded dim ≤ 65536.
struct CodeQueries {
  MatrixView<const std::int8_t> codes;
  std::span<const float> scales;       ///< of each query
  std::span<const std::int32_t> sums;  ///< Σ codes of each query
};

/// out(q, r) = queries.scales[q] * panels.scales[r] * Σ code · code. out is (queries, kPanelRows * n_panels).
void code_dots(const CodeQueries& queries, const CodePanels& panels, MatrixView<float> out) noexcept;

}  // namespace akin::kernels
