// Hamming distance: the number of bits in which two codes differ. Tested by hamming_test.cc.
#pragma once

#include <cstdint>
#include <span>

#include "akin/base/matrix.h"

namespace akin::kernels {

/// Bits set in a ^ b. a.size() == b.size().
[[nodiscard]] std::uint64_t hamming(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) noexcept;

/// out[r] = hamming(query, codes.row(r)). query.size() == codes.cols() < 512 MB, out.size() == codes.rows().
void hamming_rows(std::span<const std::uint8_t> query, MatrixView<const std::uint8_t> codes, std::span<std::uint32_t> out) noexcept;

}  // namespace akin::kernels
