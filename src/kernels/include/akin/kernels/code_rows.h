// Products of a query's 8-bit code with the codes of rows picked one by one, as a walk through a graph picks them: rows lie one after the
// other, each at a cache line of its own, and are asked for ahead of their turn. Sums are exact whole numbers, so every CPU target gives
// the same bits. Many rows in their order: see code_dot.h. Tested by code_rows_test.cc.
//
// A query's byte is its code, from −127 to 127. Rows have codes of 8 bits (a byte is code + 128) or of 4 bits (two a byte; a nibble n
// stands for the odd number 2 n − 15). Of every 128 dimensions of 4-bit codes the first 64 are the low nibbles of 64 bytes, the others the
// high ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "akin/base/matrix.h"

namespace akin::kernels {

/// Numbers of a query's code: up to whole cache lines of either kind of row, zeros behind.
constexpr std::size_t code_query_size(std::size_t dim) noexcept { return (dim + 127) / 128 * 128; }
/// Bytes of a row, whole cache lines; `bits` is 8 or 4.
constexpr std::size_t code_row_bytes(std::size_t dim, int bits) noexcept {
  return bits == 8 ? (dim + 63) / 64 * 64 : code_query_size(dim) / 2;
}

/// The byte of code 0; it also fills the end of an 8-bit row.
inline constexpr std::uint8_t kZeroCode = 128;
/// What the codes of a 4-bit row go up to.
inline constexpr int kLargestNibble = 15;

/// Where the nibble of a dimension is: the byte, and whether its high half.
constexpr std::size_t nibble_byte(std::size_t dimension) noexcept { return dimension / 128 * 64 + dimension % 64; }
constexpr bool nibble_is_high(std::size_t dimension) noexcept { return dimension % 128 >= 64; }

/// The code of a query. codes.size() == code_query_size(dim) ≤ 65536, at a cache line; sum = Σ codes.
struct CodeRowQuery {
  std::span<const std::int8_t> codes;
  std::int32_t sum = 0;
};

/// out[i] = Σ code · code of the query and row ids[i]. rows.cols() == code_row_bytes(dim, 8), at cache lines; each id < rows.rows();
/// out.size() == ids.size().
void code_row_dots(const CodeRowQuery& query, MatrixView<const std::uint8_t> rows, std::span<const std::uint32_t> ids,
                   std::span<std::int32_t> out) noexcept;
/// The same for rows of 4-bit codes, out[i] = Σ code · (2 nibble − 15).
void nibble_row_dots(const CodeRowQuery& query, MatrixView<const std::uint8_t> rows, std::span<const std::uint32_t> ids,
                     std::span<std::int32_t> out) noexcept;

}  // namespace akin::kernels
