#include "akin/base/base64.h"

#include <array>
#include <cstdint>
#include <utility>

namespace akin {
namespace {

constexpr std::uint8_t kNone = 64;
using Values = std::array<std::uint8_t, 256>;

constexpr Values make_values(std::string_view also) {
  Values values{};
  values.fill(kNone);
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  // The last two digits' other letters.
  for (std::size_t i = 0; i < also.size(); ++i) values[static_cast<unsigned char>(also[i])] = static_cast<std::uint8_t>(62 + i);
  return values;
}
constexpr Values kStrict = make_values("");
constexpr Values kLoose = make_values("-_");

/// Digits to bytes, one after the other.
class Decoder {
 public:
  explicit Decoder(std::size_t n_digits) { bytes.reserve(n_digits / 4 * 3 + 2); }

  void add(std::uint8_t value) {
    bits_ = (bits_ << 6 | value) & 0xFFFFFF;
    n_bits_ += 6;
    if (n_bits_ < 8) return;
    n_bits_ -= 8;
    bytes.push_back(static_cast<char>(bits_ >> n_bits_ & 0xFF));
  }
  [[nodiscard]] bool has_bits_left() const noexcept { return (bits_ & ((1U << n_bits_) - 1)) != 0; }

  std::string bytes;

 private:
  std::uint32_t bits_ = 0;
  unsigned n_bits_ = 0;
};

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int n_padding = 0; n_padding < 2 && text.ends_with('='); ++n_padding) text.remove_suffix(1);
  Decoder decoder(text.size());
  for (const char c : text) {
    const std::uint8_t value = kStrict[static_cast<unsigned char>(c)];
    if (value == kNone) return std::nullopt;
    decoder.add(value);
  }
  if (decoder.has_bits_left()) return std::nullopt;
  return std::move(decoder.bytes);
}

std::string decode_base64_loosely(std::string_view text) {
  Decoder decoder(text.size());
  for (const char c : text)
    if (const std::uint8_t value = kLoose[static_cast<unsigned char>(c)]; value != kNone) decoder.add(value);
  return std::move(decoder.bytes);
}

}  // namespace akin
