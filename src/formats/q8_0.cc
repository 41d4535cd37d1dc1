#include "akin/formats/q8_0.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "akin/base/error.h"
#include "akin/base/half.h"

namespace akin {
namespace {

/// Half away from zero, as ggml's roundf; written so that the compiler can vectorise it without SSE4.1. |x| ≤ 127.
std::int8_t round_to_int8(float x) noexcept {
  const auto toward_zero = static_cast<std::int32_t>(x);
  const float rest = x - static_cast<float>(toward_zero);
  return static_cast<std::int8_t>(toward_zero + (rest >= 0.5F ? 1 : 0) - (rest <= -0.5F ? 1 : 0));
}

void quantize_block(const float* in, std::byte* out) {
  float largest = 0;
  bool finite = true;
  for (std::size_t i = 0; i < kQ8BlockSize; ++i) {
    const float magnitude = std::fabs(in[i]);
    finite &= magnitude <= std::numeric_limits<float>::max();
    largest = std::max(largest, magnitude);
  }
  require(finite, "Q8_0: a number is not finite");
  const float scale = largest / 127.0F;
  // Below 2^-133 or so the inverse is infinite: such numbers become zeros, as their scale is zero in binary16.
  const float inverse = scale > 0x1p-126F ? 1.0F / scale : 0.0F;
  const f16 stored = to_f16(scale);
  require(stored.bits < 0x7C00U, "Q8_0: a number is too large, the scale of its block overflows binary16");
  std::memcpy(out, &stored.bits, sizeof stored.bits);
  std::int8_t q[kQ8BlockSize];
  for (std::size_t i = 0; i < kQ8BlockSize; ++i) q[i] = round_to_int8(in[i] * inverse);
  std::memcpy(out + sizeof stored.bits, q, sizeof q);
}

void dequantize_block(const std::byte* in, float* out) noexcept {
  f16 stored;
  std::memcpy(&stored.bits, in, sizeof stored.bits);
  const float scale = to_float(stored);
  std::int8_t q[kQ8BlockSize];
  std::memcpy(q, in + sizeof stored.bits, sizeof q);
  for (std::size_t i = 0; i < kQ8BlockSize; ++i) out[i] = scale * static_cast<float>(q[i]);
}

void check_sizes(std::size_t numbers, std::size_t bytes) {
  require(numbers % kQ8BlockSize == 0, "Q8_0: the number of elements is not a multiple of 32");
  require(bytes == numbers / kQ8BlockSize * kQ8BlockBytes, "Q8_0: the buffer is not 34 bytes a block of 32");
}

}  // namespace

void quantize_q8_0(std::span<const float> in, std::span<std::byte> out) {
  check_sizes(in.size(), out.size());
  for (std::size_t block = 0; block < in.size() / kQ8BlockSize; ++block)
    quantize_block(in.data() + block * kQ8BlockSize, out.data() + block * kQ8BlockBytes);
}

void dequantize_q8_0(std::span<const std::byte> in, std::span<float> out) {
  check_sizes(out.size(), in.size());
  for (std::size_t block = 0; block < out.size() / kQ8BlockSize; ++block)
    dequantize_block(in.data() + block * kQ8BlockBytes, out.data() + block * kQ8BlockSize);
}

}  // namespace akin
