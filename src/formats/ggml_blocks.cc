#include "ggml_blocks.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "akin/base/half.h"
#include "akin/formats/q8_0.h"

namespace akin {
namespace {

using Byte = std::uint8_t;

// Numbers in a block of the K and ternary formats, and in a group of them that shares a scale.
constexpr std::size_t kSuperBlock = 256;
constexpr std::size_t kSmallBlock = 32;

float half_at(const Byte* bytes) noexcept {
  f16 half;
  std::memcpy(&half.bits, bytes, sizeof half.bits);
  return to_float(half);
}

template <class T>
T number_at(const Byte* bytes) noexcept {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

/// Number i of a block of 32 that keeps the first 16 in the low halves of its bytes and the others in the high ones.
unsigned nibble(const Byte* bytes, std::size_t i) noexcept {
  return i < kSmallBlock / 2 ? bytes[i] & 0x0FU : static_cast<unsigned>(bytes[i - kSmallBlock / 2] >> 4);
}

float as_float(int x) noexcept { return static_cast<float>(x); }
float as_float(unsigned x) noexcept { return static_cast<float>(x); }

void decode_q4_0(const Byte* in, float* out) noexcept {
  const float d = half_at(in);
  for (std::size_t i = 0; i < kSmallBlock; ++i) out[i] = d * as_float(static_cast<int>(nibble(in + 2, i)) - 8);
}

void decode_q4_1(const Byte* in, float* out) noexcept {
  const float d = half_at(in), least = half_at(in + 2);
  for (std::size_t i = 0; i < kSmallBlock; ++i) out[i] = d * as_float(nibble(in + 4, i)) + least;
}

/// Four bits of `low` and the fifth of `high`, a word of 32.
unsigned five_bits(std::uint32_t high, const Byte* low, std::size_t i) noexcept { return nibble(low, i) | ((high >> i & 1U) << 4); }

void decode_q5_0(const Byte* in, float* out) noexcept {
  const float d = half_at(in);
  const auto high = number_at<std::uint32_t>(in + 2);
  for (std::size_t i = 0; i < kSmallBlock; ++i) out[i] = d * as_float(static_cast<int>(five_bits(high, in + 6, i)) - 16);
}

void decode_q5_1(const Byte* in, float* out) noexcept {
  const float d = half_at(in), least = half_at(in + 2);
  const auto high = number_at<std::uint32_t>(in + 4);
  for (std::size_t i = 0; i < kSmallBlock; ++i) out[i] = d * as_float(five_bits(high, in + 8, i)) + least;
}

/// Whole rows of this one go through dequantize_q8_0() at once.
void decode_q8_0(const Byte* in, float* out) noexcept {
  dequantize_q8_0({reinterpret_cast<const std::byte*>(in), kQ8BlockBytes}, {out, kQ8BlockSize});
}

/// Two bits of number i of a super block: bytes of 32 numbers, four layers of them in each run of 128.
unsigned two_bits(const Byte* bytes, std::size_t i) noexcept { return bytes[i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2) & 3U; }

void decode_q2_k(const Byte* in, float* out) noexcept {
  const Byte *scales = in, *q = in + 16;
  const float d = half_at(in + 80), least = half_at(in + 82);
  for (std::size_t i = 0; i < kSuperBlock; ++i) {
    const unsigned scale = scales[i / 16];
    out[i] = d * as_float(scale & 0x0FU) * as_float(two_bits(q, i)) - least * as_float(scale >> 4);
  }
}

/// Scale j of 16, of six bits: four in the first eight bytes, two in the last four.
int q3_scale(const Byte* scales, std::size_t j) noexcept {
  const unsigned low = j < 8 ? scales[j] & 0x0FU : static_cast<unsigned>(scales[j - 8] >> 4);
  const unsigned high = scales[8 + j % 4] >> (j / 4 * 2) & 3U;
  return static_cast<int>(low | high << 4) - 32;
}

void decode_q3_k(const Byte* in, float* out) noexcept {
  const Byte *mask = in, *q = in + 32, *scales = in + 96;
  const float d = half_at(in + 108);
  for (std::size_t i = 0; i < kSuperBlock; ++i) {
    // The third bit is stored turned round: where it is not set, four is taken off.
    const int third = (mask[i % 32] >> (i / 32) & 1U) != 0 ? 0 : 4;
    out[i] = d * as_float(q3_scale(scales, i / 16)) * as_float(static_cast<int>(two_bits(q, i)) - third);
  }
}

struct ScaleAndLeast {
  unsigned scale, least;
};

/// Pair j of 8, of six bits each, in twelve bytes: the first four whole in the low bits of the first eight, the others from pieces.
ScaleAndLeast k_scales(const Byte* s, std::size_t j) noexcept {
  if (j < 4) return {s[j] & 0x3FU, s[j + 4] & 0x3FU};
  return {(s[j + 4] & 0x0FU) | (s[j - 4] >> 2 & 0x30U), static_cast<unsigned>(s[j + 4] >> 4) | (s[j] >> 2 & 0x30U)};
}

/// Four bits of number i of a super block: bytes of 32 numbers, two layers of them in each run of 64.
unsigned four_bits(const Byte* bytes, std::size_t i) noexcept { return bytes[i / 64 * 32 + i % 32] >> (i % 64 / 32 * 4) & 0x0FU; }

void decode_q4_k(const Byte* in, float* out) noexcept {
  const float d = half_at(in), least = half_at(in + 2);
  for (std::size_t i = 0; i < kSuperBlock; ++i) {
    const ScaleAndLeast k = k_scales(in + 4, i / 32);
    out[i] = d * as_float(k.scale) * as_float(four_bits(in + 16, i)) - least * as_float(k.least);
  }
}

void decode_q5_k(const Byte* in, float* out) noexcept {
  const float d = half_at(in), least = half_at(in + 2);
  const Byte *high = in + 16, *low = in + 48;
  for (std::size_t i = 0; i < kSuperBlock; ++i) {
    const ScaleAndLeast k = k_scales(in + 4, i / 32);
    const unsigned q = four_bits(low, i) | (high[i % 32] >> (i / 32) & 1U) << 4;
    out[i] = d * as_float(k.scale) * as_float(q) - least * as_float(k.least);
  }
}

void decode_q6_k(const Byte* in, float* out) noexcept {
  const Byte *low = in, *high = in + 128, *scales = in + 192;
  const float d = half_at(in + 208);
  for (std::size_t i = 0; i < kSuperBlock; ++i) {
    const unsigned four = low[i / 128 * 64 + i % 64] >> (i % 128 / 64 * 4) & 0x0FU;
    const int q = static_cast<int>(four | two_bits(high, i) << 4) - 32;
    out[i] = d * as_float(static_cast<int>(static_cast<std::int8_t>(scales[i / 16]))) * as_float(q);
  }
}

/// The sixteen levels of the IQ4 formats, from ggml's kvalues_iq4nl.
constexpr std::array<int, 16> kIq4Levels = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

void decode_iq4_nl(const Byte* in, float* out) noexcept {
  const float d = half_at(in);
  for (std::size_t i = 0; i < kSmallBlock; ++i) out[i] = d * as_float(kIq4Levels[nibble(in + 2, i)]);
}

void decode_iq4_xs(const Byte* in, float* out) noexcept {
  const float d = half_at(in);
  const auto high = number_at<std::uint16_t>(in + 2);
  for (std::size_t j = 0; j < kSuperBlock / kSmallBlock; ++j) {
    const unsigned low = in[4 + j / 2] >> (j % 2 * 4) & 0x0FU;
    const float scale = d * as_float(static_cast<int>(low | (high >> (2 * j) & 3U) << 4) - 32);
    for (std::size_t i = 0; i < kSmallBlock; ++i) out[j * kSmallBlock + i] = scale * as_float(kIq4Levels[nibble(in + 8 + 16 * j, i)]);
  }
}

/// Five digits of three in a byte: multiplied up (and wrapped) by a power of three, the digit wanted is what a product with 3 carries out.
int ternary_digit(Byte byte, std::size_t digit) noexcept {
  constexpr std::array<unsigned, 5> kPowers = {1, 3, 9, 27, 81};
  const unsigned wrapped = byte * kPowers[digit] & 0xFFU;
  return static_cast<int>(wrapped * 3 >> 8) - 1;
}

void decode_tq1_0(const Byte* in, float* out) noexcept {
  const float d = half_at(in + 52);
  struct Run {
    std::size_t first, bytes, digits;
  };
  for (const auto& [first, bytes, digits] : {Run{0, 32, 5}, Run{32, 16, 5}, Run{48, 4, 4}}) {
    for (std::size_t digit = 0; digit < digits; ++digit) {
      for (std::size_t i = 0; i < bytes; ++i) *out++ = d * as_float(ternary_digit(in[first + i], digit));
    }
  }
}

void decode_tq2_0(const Byte* in, float* out) noexcept {
  const float d = half_at(in + 64);
  for (std::size_t i = 0; i < kSuperBlock; ++i) out[i] = d * as_float(static_cast<int>(two_bits(in, i)) - 1);
}

/// OCP's microscaling: a power of two for 32 numbers of four bits (e2m1; the levels are doubled, the power halved).
void decode_mxfp4(const Byte* in, float* out) noexcept {
  constexpr std::array<int, 16> kLevels = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
  const std::uint32_t exponent = in[0];
  const float d = std::bit_cast<float>(exponent < 2 ? 0x00200000U << exponent : (exponent - 1) << 23);
  for (std::size_t i = 0; i < kSmallBlock; ++i) out[i] = d * as_float(kLevels[nibble(in + 1, i)]);
}

template <auto Decode>
void decode(const std::byte* block, float* out) noexcept {
  Decode(reinterpret_cast<const Byte*>(block), out);
}

constexpr std::array kFormats = {
    BlockFormat{TensorType::q8_0, kQ8BlockSize, kQ8BlockBytes, decode<decode_q8_0>},
    BlockFormat{TensorType::q4_0, 32, 18, decode<decode_q4_0>},
    BlockFormat{TensorType::q4_1, 32, 20, decode<decode_q4_1>},
    BlockFormat{TensorType::q5_0, 32, 22, decode<decode_q5_0>},
    BlockFormat{TensorType::q5_1, 32, 24, decode<decode_q5_1>},
    BlockFormat{TensorType::q2_k, 256, 84, decode<decode_q2_k>},
    BlockFormat{TensorType::q3_k, 256, 110, decode<decode_q3_k>},
    BlockFormat{TensorType::q4_k, 256, 144, decode<decode_q4_k>},
    BlockFormat{TensorType::q5_k, 256, 176, decode<decode_q5_k>},
    BlockFormat{TensorType::q6_k, 256, 210, decode<decode_q6_k>},
    BlockFormat{TensorType::iq4_nl, 32, 18, decode<decode_iq4_nl>},
    BlockFormat{TensorType::iq4_xs, 256, 136, decode<decode_iq4_xs>},
    BlockFormat{TensorType::tq1_0, 256, 54, decode<decode_tq1_0>},
    BlockFormat{TensorType::tq2_0, 256, 66, decode<decode_tq2_0>},
    BlockFormat{TensorType::mxfp4, 32, 17, decode<decode_mxfp4>},
};

}  // namespace

const BlockFormat* block_format(TensorType type) noexcept {
  for (const BlockFormat& format : kFormats) {
    if (format.type == type) return &format;
  }
  return nullptr;
}

}  // namespace akin
