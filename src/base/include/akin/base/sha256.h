// SHA-256 (FIPS 180-4), for fingerprints and content hashes; in the CPU's SHA instructions where there are any.
// Tested by sha256_test.cc with the standard's vectors.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace akin {

class Sha256 {
 public:
  Sha256() noexcept;
  Sha256& update(std::span<const std::byte> bytes) noexcept;
  Sha256& update(std::string_view text) noexcept;
  /// A length-prefixed field, so that ("ab", "c") and ("a", "bc") differ.
  Sha256& field(std::string_view text) noexcept;
  /// The digest of all bytes so far; the object must not be used afterwards.
  std::array<std::uint8_t, 32> finish() noexcept;
  /// finish() as 64 lower-case hexadecimal digits.
  std::string hex() noexcept;

 private:
  std::array<std::uint32_t, 8> state_;
  std::array<std::uint8_t, 64> buffer_{};
  std::size_t buffered_ = 0;
  std::uint64_t total_ = 0;
};

/// Hexadecimal SHA-256 of `text`.
std::string sha256_hex(std::string_view text);

}  // namespace akin
