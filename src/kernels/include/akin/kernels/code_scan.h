// One query against many rows that are kept as short codes: 16-bit floats, or one bit a dimension. Memory-bound: bytes read decide the time.
// 8-bit codes: code_dot.h; bits against bits: hamming.h. Tested by code_scan_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "akin/base/half.h"
#include "akin/base/matrix.h"

namespace akin::kernels {

/// out[r] = Σ query · rows.row(r), the products and their sum in float; a row's bits do not depend on the rows beside it.
/// query.size() == rows.cols(), out.size() == rows.rows().
void half_dot_rows(std::span<const float> query, MatrixView<const f16> rows, std::span<float> out) noexcept;
void half_dot_rows(std::span<const float> query, MatrixView<const bf16> rows, std::span<float> out) noexcept;

/// Bits of a number's binary places: plane p holds bit p of every dimension's value.
inline constexpr std::size_t kBitPlanes = 4;

/// out[r] = Σ_p 2^p · |planes.row(p) & codes.row(r)|: the sum of a query's 4-bit values over the dimensions whose bit is set in the code.
/// Exact whole numbers. planes is (kBitPlanes, codes.cols()), codes.cols() ≤ 2^24, out.size() == codes.rows().
void plane_dot_rows(MatrixView<const std::uint8_t> planes, MatrixView<const std::uint8_t> codes, std::span<std::uint32_t> out) noexcept;

}  // namespace akin::kernels
