// One function a format: bytes → pixels. The table that chooses among them is in image.cc. Each is tested by the test of its own file;
// what they share by image_test.cc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "akin/base/error.h"
#include "akin/image/image.h"

namespace akin::image {

/// A file in memory.
struct Source {
  std::span<const std::byte> bytes;
  const std::string& name;
  const ImageLimits& limits;

  [[nodiscard]] std::size_t size() const noexcept { return bytes.size(); }
  /// at + 1 ≤ size(), and so on for the wider ones; little-endian.
  [[nodiscard]] std::uint32_t u8(std::size_t at) const noexcept { return std::to_integer<std::uint32_t>(bytes[at]); }
  [[nodiscard]] std::uint32_t u16(std::size_t at) const noexcept { return u8(at) | u8(at + 1) << 8; }
  [[nodiscard]] std::uint32_t u32(std::size_t at) const noexcept { return u16(at) | u16(at + 2) << 16; }
  [[nodiscard]] const std::uint8_t* data() const noexcept { return reinterpret_cast<const std::uint8_t*>(bytes.data()); }

  /// Error{corrupt}: "NAME: a broken FORMAT picture: WHAT".
  [[noreturn]] void broken(std::string_view format, const std::string& what) const;
  /// Error{unsupported}: "NAME: a FORMAT picture WHAT".
  [[noreturn]] void unsupported(std::string_view format, const std::string& what) const;
  /// Throws Error{limit} if a picture of that size is too large, Error{corrupt} if it is empty.
  void check_size(std::string_view format, std::uint64_t width, std::uint64_t height) const;
  /// Pixels that are not filled, after check_size().
  [[nodiscard]] Image make(std::string_view format, std::uint64_t width, std::uint64_t height) const;
};

Image decode_jpeg(const Source& source);
Image decode_png(const Source& source);
Image decode_webp(const Source& source);
Image decode_gif(const Source& source);
Image decode_tiff(const Source& source);
Image decode_bmp(const Source& source);

/// Ink on white paper (0: none) to light, as PIL does it: no profile, rounded product.
inline void cmyk_to_rgb(const std::uint8_t* cmyk, std::uint8_t* rgb) noexcept {
  const int white = 255 - cmyk[3];
  for (int c = 0; c < 3; ++c) {
    const int product = cmyk[c] * white + 128;
    rgb[c] = static_cast<std::uint8_t>(std::max(0, white - (((product >> 8) + product) >> 8)));
  }
}

inline void grey_to_rgb(std::uint8_t grey, std::uint8_t* rgb) noexcept { rgb[0] = rgb[1] = rgb[2] = grey; }

/// A colour table of up to 256 entries; those that the file leaves out are black.
using Palette = std::uint8_t[256][3];
inline void index_to_rgb(const Palette& palette, std::uint8_t index, std::uint8_t* rgb) noexcept { std::copy_n(palette[index], 3, rgb); }

/// The number at `i` of a row of numbers of 1, 2, 4 or 8 bits, the first in the highest bits of a byte.
inline std::uint8_t packed_at(const std::uint8_t* row, std::size_t i, unsigned bits) noexcept {
  const std::size_t per_byte = 8 / bits;
  const auto shift = static_cast<unsigned>(per_byte - 1 - i % per_byte) * bits;
  return static_cast<std::uint8_t>(row[i / per_byte] >> shift & ((1U << bits) - 1));
}

}  // namespace akin::image
