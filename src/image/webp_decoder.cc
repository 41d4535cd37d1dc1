// WebP by libwebp: lossy and lossless. Of an animation the first frame is read, on a black canvas; alpha is dropped, so that its chunk need
// not be decoded.
#include <webp/decode.h>

#include <string_view>

#include "decoders.h"

namespace akin::image {
namespace {

constexpr std::size_t kChunkHead = 8;    // four letters and a size
constexpr std::size_t kFirstChunk = 12;  // after "RIFF", a size and "WEBP"
constexpr std::size_t kFrameHead = 16;   // of ANMF, before the frame's own chunks

std::uint32_t u24(const Source& source, std::size_t at) { return source.u16(at) | source.u8(at + 2) << 16; }

bool is(const Source& source, std::size_t at, std::string_view letters) {
  return std::string_view(reinterpret_cast<const char*>(source.data()) + at, 4) == letters;
}

struct Chunk {
  std::size_t at = 0, size = 0;  ///< of what it holds
};

/// The first chunk of that name from `at` on.
Chunk find_chunk(const Source& source, std::size_t at, std::size_t end, std::string_view name, std::string_view other = {}) {
  while (end - at >= kChunkHead) {
    const std::size_t size = source.u32(at + 4), content = at + kChunkHead;
    if (size > end - content) source.broken("WebP", "the file ends too early");
    if (is(source, at, name) || (!other.empty() && is(source, at, other))) return {content, size};
    at = std::min(end, content + size + size % 2);
  }
  source.broken("WebP", "there is no picture in it");
}

void check(const Source& source, VP8StatusCode status) {
  if (status == VP8_STATUS_OK) return;
  if (status == VP8_STATUS_NOT_ENOUGH_DATA || status == VP8_STATUS_SUSPENDED) source.broken("WebP", "the file ends too early");
  if (status == VP8_STATUS_OUT_OF_MEMORY) throw Error(ErrorCode::limit, source.name + ": not enough memory for a WebP picture");
  source.broken("WebP", "its data break the format's rules");
}

/// Decodes a bare picture (with the head of its chunk, or a whole file) to `to`, rows `stride` apart.
void decode(const Source& source, std::span<const std::byte> data, WebPBitstreamFeatures wanted, std::uint8_t* to, std::size_t stride) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(data.data());
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) source.broken("WebP", "the library has another version");
  check(source, WebPGetFeatures(bytes, data.size(), &config.input));
  if (config.input.width != wanted.width || config.input.height != wanted.height) source.broken("WebP", "its sizes disagree");
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {to, static_cast<int>(stride), stride * static_cast<std::size_t>(wanted.height - 1) + 3U * wanted.width};
  check(source, WebPDecode(bytes, data.size(), &config));
}

Image decode_first_frame(const Source& source) {
  const Chunk canvas = find_chunk(source, kFirstChunk, source.size(), "VP8X");
  if (canvas.size < 10) source.broken("WebP", "its VP8X chunk is too short");
  Image image = source.make("WebP", u24(source, canvas.at + 4) + 1, u24(source, canvas.at + 7) + 1);
  const Chunk frame = find_chunk(source, canvas.at + canvas.size + canvas.size % 2, source.size(), "ANMF");
  if (frame.size < kFrameHead) source.broken("WebP", "its first frame is too short");
  const std::size_t x = 2 * u24(source, frame.at), y = 2 * u24(source, frame.at + 3);
  WebPBitstreamFeatures wanted{};
  wanted.width = static_cast<int>(u24(source, frame.at + 6) + 1);
  wanted.height = static_cast<int>(u24(source, frame.at + 9) + 1);
  if (x + static_cast<std::size_t>(wanted.width) > image.width() || y + static_cast<std::size_t>(wanted.height) > image.height()) {
    source.broken("WebP", "its first frame lies outside the picture");
  }
  std::fill_n(image.rows.data(), image.rows.size(), std::uint8_t{0});
  const Chunk picture = find_chunk(source, frame.at + kFrameHead, frame.at + frame.size, "VP8 ", "VP8L");
  decode(source, source.bytes.subspan(picture.at - kChunkHead, picture.size + kChunkHead), wanted, image.rows.row(y).data() + 3 * x,
         image.rows.cols());
  return image;
}

}  // namespace

Image decode_webp(const Source& source) {
  WebPBitstreamFeatures features;
  check(source, WebPGetFeatures(source.data(), source.size(), &features));
  if (features.has_animation != 0) return decode_first_frame(source);
  Image image = source.make("WebP", static_cast<std::uint64_t>(features.width), static_cast<std::uint64_t>(features.height));
  decode(source, source.bytes, features, image.rows.data(), image.rows.cols());
  return image;
}

}  // namespace akin::image
