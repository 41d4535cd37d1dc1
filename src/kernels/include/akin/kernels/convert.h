// Blocks of numbers between types. 16-bit floats equal half.h's scalar conversions bit for bit. Spans of a call have equal sizes.
// Tested by convert_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "akin/base/half.h"

namespace akin::kernels {

void convert(std::span<const float> in, std::span<f16> out) noexcept;
void convert(std::span<const float> in, std::span<bf16> out) noexcept;
void convert(std::span<const f16> in, std::span<float> out) noexcept;
void convert(std::span<const bf16> in, std::span<float> out) noexcept;

/// Symmetric 8 bits: scale = max|in| / 127, out[i] = round to even(in[i] / scale). Returns the scale; zeros give 0.
float quantize_row(std::span<const float> in, std::span<std::int8_t> out) noexcept;
/// out[i] = in[i] · scale.
void dequantize_row(std::span<const std::int8_t> in, float scale, std::span<float> out) noexcept;

/// GGML's Q8_0: blocks of 34 bytes (f16 scale, little-endian; 32 int8). out.size() is a multiple of 32, in.size() == out.size() / 32 · 34.
void dequantize_q8_0(std::span<const std::byte> in, std::span<float> out) noexcept;

}  // namespace akin::kernels
