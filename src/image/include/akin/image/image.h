// Picture files → pixels: JPEG, PNG, WebP, GIF (its first picture), TIFF (its first page), BMP, told by their first bytes. The pixels are
// those of PIL's Image.open(file).convert("RGB"), which is what models of images are fed with in their reference: alpha is dropped, not
// blended; grey of 16 bits is cut at 255, not scaled; CMYK is converted without a profile; a JPEG's EXIF orientation is not applied, a
// TIFF's is. Any bytes are safe: what breaks its format is an Error, sizes are checked before memory is taken. Tested by image_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "akin/base/matrix.h"

namespace akin {

enum class ImageFormat { jpeg, png, webp, gif, tiff, bmp };
/// "JPEG", "PNG", "WebP", "GIF", "TIFF", "BMP".
std::string_view name_of(ImageFormat format) noexcept;
/// "JPEG, PNG, WebP, GIF (first picture), TIFF (first page), BMP", for help texts.
std::string supported_image_formats();

/// Red, green and blue of each pixel in one byte each, row by row.
struct Image {
  Matrix<std::uint8_t> rows;  ///< (height, 3 · width)

  [[nodiscard]] std::size_t width() const noexcept { return rows.cols() / 3; }
  [[nodiscard]] std::size_t height() const noexcept { return rows.rows(); }
};

/// Bounds that hostile files run into. A file over a bound is refused with Error{limit} before its pixels have memory.
struct ImageLimits {
  std::size_t max_file_bytes = std::size_t{256} << 20;
  std::size_t max_pixels = 100'000'000;
};

/// What the first bytes of a file say it is; nothing if no picture that is read here. The first 16 bytes are enough.
std::optional<ImageFormat> image_format_of(std::span<const std::byte> bytes) noexcept;
/// The same for a file; nothing as well if it cannot be read.
std::optional<ImageFormat> image_format_of(const std::filesystem::path& path) noexcept;

/// `name` begins every message. Throws Error{unsupported} for what is no picture or of a rare kind (said which), Error{corrupt} for a
/// broken or truncated file, Error{limit}.
Image decode_image(std::span<const std::byte> bytes, const std::string& name, const ImageLimits& limits = {});
/// Also throws Error{not_found}, Error{io}.
Image read_image(const std::filesystem::path& path, const ImageLimits& limits = {});

}  // namespace akin
