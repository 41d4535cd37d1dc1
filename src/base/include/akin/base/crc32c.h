// CRC-32C (Castagnoli, RFC 3720), with the processor's instruction where it has one. Finds every single flipped bit and every burst up to
// 32 bits. Tested by crc32c_test.cc with the RFC's vectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace akin {

/// The checksum of what came before (0 for nothing) continued over `bytes`.
std::uint32_t crc32c(std::uint32_t crc, std::span<const std::byte> bytes) noexcept;

/// The same by table alone: what crc32c() is tested against.
std::uint32_t crc32c_by_table(std::uint32_t crc, std::span<const std::byte> bytes) noexcept;

}  // namespace akin
