// Q8_0, ggml's 8-bit block format: 32 numbers share one binary16 scale d and are stored as d * q with q in [-127, 127]; 34 bytes a block.
// Bit for bit what ggml's quantize_row_q8_0 writes. Tested by q8_0_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace akin {

inline constexpr std::size_t kQ8BlockSize = 32;
inline constexpr std::size_t kQ8BlockBytes = 34;

/// in.size() is a multiple of 32 and out.size() == in.size() / 32 * 34, else Error{invalid_argument}; a number that is not finite or
/// whose scale is too large for binary16 is Error{invalid_argument} too.
void quantize_q8_0(std::span<const float> in, std::span<std::byte> out);

/// The reverse. out.size() is a multiple of 32 and in.size() == out.size() / 32 * 34, else Error{invalid_argument}.
void dequantize_q8_0(std::span<const std::byte> in, std::span<float> out);

}  // namespace akin
