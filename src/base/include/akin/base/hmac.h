// HMAC-SHA-256 (RFC 2104, FIPS 198-1): a keyed hash, for signing requests. Tested by hmac_test.cc with the vectors of RFC 4231.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace akin {

/// The 32 bytes of the keyed hash; a key of any length.
std::array<std::uint8_t, 32> hmac_sha256(std::string_view key, std::string_view text) noexcept;

/// The same as a string of 32 bytes, which can be the key of the next one.
std::string hmac_sha256_bytes(std::string_view key, std::string_view text);

/// The same as 64 lower-case hexadecimal digits.
std::string hmac_sha256_hex(std::string_view key, std::string_view text);

}  // namespace akin
