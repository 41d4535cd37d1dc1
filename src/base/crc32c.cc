#include "akin/base/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace akin {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78U;  // RFC 3720's, bits reversed

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? kPolynomial : 0U);
    table[i] = crc;
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> kTable = make_table();

#if defined(__x86_64__)
// The instruction takes three cycles and one can begin in each: three parts of a block go side by side and are joined.
constexpr int kPartBits = 10;  // a part is 2^10 bytes: the joining costs little, and a row of vectors has some
constexpr std::size_t kPartBytes = std::size_t{1} << kPartBits;

/// What a state becomes with kPartBytes zeros behind it: of each byte of the state, to be put together by exclusive or.
using Shift = std::array<std::array<std::uint32_t, 256>, 4>;

/// What each bit of a state becomes.
using BitMap = std::array<std::uint32_t, 32>;

constexpr std::uint32_t apply(const BitMap& map, std::uint32_t state) {
  std::uint32_t out = 0;
  for (std::size_t bit = 0; bit < 32; ++bit) out ^= (state >> bit & 1U) != 0 ? map[bit] : 0;
  return out;
}

constexpr Shift make_shift() {
  BitMap map{};
  for (std::size_t bit = 0; bit < 32; ++bit) {
    const std::uint32_t state = 1U << bit;
    map[bit] = (state >> 8) ^ kTable[state & 0xFFU];  // one zero byte
  }
  for (int i = 0; i < kPartBits; ++i) {
    BitMap twice{};
    for (std::size_t bit = 0; bit < 32; ++bit) twice[bit] = apply(map, map[bit]);
    map = twice;
  }
  Shift shift{};
  for (std::uint32_t byte = 0; byte < 4; ++byte)
    for (std::uint32_t value = 0; value < 256; ++value) shift[byte][value] = apply(map, value << 8 * byte);
  return shift;
}

constexpr Shift kShift = make_shift();

std::uint64_t shifted(std::uint64_t state) noexcept {
  return kShift[0][state & 0xFFU] ^ kShift[1][state >> 8 & 0xFFU] ^ kShift[2][state >> 16 & 0xFFU] ^ kShift[3][state >> 24 & 0xFFU];
}

std::uint64_t word_at(const std::byte* p) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, p, sizeof word);
  return word;
}

__attribute__((target("sse4.2"))) std::uint32_t crc32c_by_instruction(std::uint32_t crc, std::span<const std::byte> bytes) noexcept {
  std::uint64_t state = ~crc;
  const std::byte* p = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 3 * kPartBytes; p += 3 * kPartBytes, left -= 3 * kPartBytes) {
    std::uint64_t second = 0, third = 0;
    for (std::size_t i = 0; i < kPartBytes; i += 8) {
      state = _mm_crc32_u64(state, word_at(p + i));
      second = _mm_crc32_u64(second, word_at(p + kPartBytes + i));
      third = _mm_crc32_u64(third, word_at(p + 2 * kPartBytes + i));
    }
    state = shifted(shifted(state) ^ second) ^ third;
  }
  for (; left >= 8; p += 8, left -= 8) state = _mm_crc32_u64(state, word_at(p));
  auto narrow = static_cast<std::uint32_t>(state);
  for (; left > 0; ++p, --left) narrow = _mm_crc32_u8(narrow, static_cast<std::uint8_t>(*p));
  return ~narrow;
}
#endif

}  // namespace

std::uint32_t crc32c_by_table(std::uint32_t crc, std::span<const std::byte> bytes) noexcept {
  crc = ~crc;
  for (const std::byte b : bytes) crc = (crc >> 8) ^ kTable[(crc ^ static_cast<std::uint32_t>(b)) & 0xFFU];
  return ~crc;
}

std::uint32_t crc32c(std::uint32_t crc, std::span<const std::byte> bytes) noexcept {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction) return crc32c_by_instruction(crc, bytes);
#endif
  return crc32c_by_table(crc, bytes);
}

}  // namespace akin
