#include "akin/image/image.h"

#include <array>
#include <fstream>

#include "akin/base/mapped_file.h"
#include "decoders.h"

namespace akin {
namespace {

using namespace std::string_view_literals;

struct Kind {
  ImageFormat format;
  std::string_view name;
  std::size_t offset;
  std::string_view magic;
  std::size_t offset2;
  std::string_view magic2;  ///< must stand as well
  Image (*decode)(const image::Source& source);
};

constexpr std::array kKinds = {
    Kind{ImageFormat::jpeg, "JPEG", 0, "\xFF\xD8\xFF"sv, 0, ""sv, image::decode_jpeg},
    Kind{ImageFormat::png, "PNG", 0, "\x89PNG\r\n\x1A\n"sv, 0, ""sv, image::decode_png},
    Kind{ImageFormat::webp, "WebP", 0, "RIFF"sv, 8, "WEBP"sv, image::decode_webp},
    Kind{ImageFormat::gif, "GIF", 0, "GIF87a"sv, 0, ""sv, image::decode_gif},
    Kind{ImageFormat::gif, "GIF", 0, "GIF89a"sv, 0, ""sv, image::decode_gif},
    Kind{ImageFormat::tiff, "TIFF", 0, "II*\0"sv, 0, ""sv, image::decode_tiff},
    Kind{ImageFormat::tiff, "TIFF", 0, "MM\0*"sv, 0, ""sv, image::decode_tiff},
    Kind{ImageFormat::tiff, "TIFF", 0, "II+\0"sv, 0, ""sv, image::decode_tiff},
    Kind{ImageFormat::tiff, "TIFF", 0, "MM\0+"sv, 0, ""sv, image::decode_tiff},
    // "BM" alone begins many texts: the two reserved numbers are 0 in every picture.
    Kind{ImageFormat::bmp, "BMP", 0, "BM"sv, 6, "\0\0\0\0"sv, image::decode_bmp},
};

constexpr std::size_t kMagicBytes = 16;

const Kind* kind_of(std::span<const std::byte> bytes) noexcept {
  const std::string_view front(reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), kMagicBytes));
  for (const Kind& kind : kKinds) {
    if (front.size() < kind.offset2) continue;
    if (front.substr(kind.offset).starts_with(kind.magic) && front.substr(kind.offset2).starts_with(kind.magic2)) return &kind;
  }
  return nullptr;
}

}  // namespace

std::string_view name_of(ImageFormat format) noexcept {
  for (const Kind& kind : kKinds) {
    if (kind.format == format) return kind.name;
  }
  return "";
}

std::string supported_image_formats() { return "JPEG, PNG, WebP, GIF (first picture), TIFF (first page), BMP"; }

std::optional<ImageFormat> image_format_of(std::span<const std::byte> bytes) noexcept {
  const Kind* kind = kind_of(bytes);
  return kind == nullptr ? std::nullopt : std::optional(kind->format);
}

std::optional<ImageFormat> image_format_of(const std::filesystem::path& path) noexcept {
  std::array<char, kMagicBytes> front{};
  std::ifstream file(path, std::ios::binary);
  file.read(front.data(), front.size());
  return image_format_of(std::as_bytes(std::span(front.data(), static_cast<std::size_t>(file.gcount()))));
}

Image decode_image(std::span<const std::byte> bytes, const std::string& name, const ImageLimits& limits) {
  if (bytes.size() > limits.max_file_bytes) {
    throw Error(ErrorCode::limit,
                name + ": has " + std::to_string(bytes.size()) + " bytes, a picture may have " + std::to_string(limits.max_file_bytes));
  }
  if (const Kind* kind = kind_of(bytes)) return kind->decode({bytes, name, limits});
  throw Error(ErrorCode::unsupported, name + ": " + (bytes.empty() ? "is empty" : "is no picture of a kind that akin reads") +
                                          "; it reads " + supported_image_formats());
}

Image read_image(const std::filesystem::path& path, const ImageLimits& limits) {
  const std::string bytes = read_file(path, limits.max_file_bytes);
  return decode_image(std::as_bytes(std::span(bytes)), path.string(), limits);
}

namespace image {

void Source::broken(std::string_view format, const std::string& what) const {
  throw Error(ErrorCode::corrupt, name + ": a broken " + std::string(format) + " picture: " + what);
}

void Source::unsupported(std::string_view format, const std::string& what) const {
  throw Error(ErrorCode::unsupported, name + ": a " + std::string(format) + " picture " + what);
}

void Source::check_size(std::string_view format, std::uint64_t width, std::uint64_t height) const {
  const std::string sides = std::to_string(width) + " × " + std::to_string(height) + " pixels";
  if (width == 0 || height == 0) broken(format, "has " + sides);
  if (width > limits.max_pixels / height) {
    throw Error(ErrorCode::limit, name + ": a " + std::string(format) + " picture of " + sides + ", at most " +
                                      std::to_string(limits.max_pixels) + " are read");
  }
}

Image Source::make(std::string_view format, std::uint64_t width, std::uint64_t height) const {
  check_size(format, width, height);
  return {Matrix<std::uint8_t>::uninitialized(height, 3 * width)};
}

}  // namespace image
}  // namespace akin
