// The checksum against published values, its two ways against each other, and what it is there for: single flipped bits.
#include "akin/base/crc32c.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

#include "akin/base/rng.h"

namespace akin {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

std::vector<std::byte> noise(std::size_t n) {
  Rng rng(2026);
  std::vector<std::byte> bytes(n);
  for (std::byte& b : bytes) b = static_cast<std::byte>(rng.below(256));
  return bytes;
}

TEST(Crc32c, GivesThePublishedValues) {
  EXPECT_EQ(crc32c(0, bytes_of("123456789")), 0xE3069283u);  // the check value of CRC-32/ISCSI
  std::array<std::byte, 32> block{};
  EXPECT_EQ(crc32c(0, block), 0x8A9136AAu);  // RFC 3720, B.4: 32 zero bytes
  block.fill(std::byte{0xFF});
  EXPECT_EQ(crc32c(0, block), 0x62A8AB43u);  // 32 bytes of ones
  for (std::size_t i = 0; i < block.size(); ++i) block[i] = static_cast<std::byte>(i);
  EXPECT_EQ(crc32c(0, block), 0x46DD794Eu);  // 0, 1, … 31
}

TEST(Crc32c, IsTheSameByInstructionAndByTable) {
  const std::vector<std::byte> bytes = noise(300);
  for (std::size_t begin = 0; begin < 9; ++begin) {
    for (std::size_t n = 0; n + begin <= bytes.size(); n += 7) {
      const auto part = std::span(bytes).subspan(begin, n);
      ASSERT_EQ(crc32c(0x12345678u, part), crc32c_by_table(0x12345678u, part)) << "from " << begin << ", " << n << " bytes";
    }
  }
}

TEST(Crc32c, IsTheSameForBlocksThatGoInPartsSideBySide) {
  const std::vector<std::byte> bytes = noise(10'000);  // three blocks of three parts of 1024 bytes, and a rest
  for (std::size_t n = 3000; n + 3 <= bytes.size(); n += 13) {
    const auto part = std::span(bytes).subspan(n % 3, n);
    ASSERT_EQ(crc32c(0x89ABCDEFu, part), crc32c_by_table(0x89ABCDEFu, part)) << n << " bytes";
  }
}

TEST(Crc32c, IsContinuedFromWhereItStopped) {
  const std::vector<std::byte> bytes = noise(257);
  const std::uint32_t whole = crc32c(0, bytes);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    ASSERT_EQ(crc32c(crc32c(0, std::span(bytes).first(cut)), std::span(bytes).subspan(cut)), whole) << "cut at " << cut;
  }
}

TEST(Crc32c, SeesEverySingleFlippedBit) {
  std::vector<std::byte> bytes = noise(512);
  const std::uint32_t right = crc32c(0, bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      bytes[i] ^= static_cast<std::byte>(1u << bit);
      ASSERT_NE(crc32c(0, bytes), right) << "byte " << i << ", bit " << bit;
      bytes[i] ^= static_cast<std::byte>(1u << bit);
    }
  }
}

}  // namespace
}  // namespace akin
