#include "akin/base/hmac.h"

#include <algorithm>
#include <span>

#include "akin/base/sha256.h"

namespace akin {
namespace {

constexpr std::size_t kBlock = 64;  // bytes, of SHA-256
using Block = std::array<std::uint8_t, kBlock>;

/// Fills the key up to a block; a longer one is hashed first.
Block key_block(std::string_view key) noexcept {
  Block block{};
  if (key.size() > kBlock) {
    std::ranges::copy(Sha256().update(key).finish(), block.begin());
  } else {
    std::ranges::transform(key, block.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
  }
  return block;
}

Block padded(Block key, std::uint8_t pad) noexcept {
  for (std::uint8_t& byte : key) byte ^= pad;
  return key;
}

}  // namespace

std::array<std::uint8_t, 32> hmac_sha256(std::string_view key, std::string_view text) noexcept {
  const Block block = key_block(key);
  const Block inner_key = padded(block, 0x36);
  const Block outer_key = padded(block, 0x5C);
  const auto inner = Sha256().update(std::as_bytes(std::span(inner_key))).update(text).finish();
  return Sha256().update(std::as_bytes(std::span(outer_key))).update(std::as_bytes(std::span(inner))).finish();
}

std::string hmac_sha256_bytes(std::string_view key, std::string_view text) {
  const auto digest = hmac_sha256(key, text);
  return {digest.begin(), digest.end()};
}

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const std::uint8_t byte : hmac_sha256(key, text)) {
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

}  // namespace akin
