#include "png.h"

#include <zlib.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "akin/base/error.h"

namespace akin::plot {
namespace {

constexpr std::size_t kLongestSide = std::size_t{1} << 16;
constexpr std::string_view kSignature = "\x89PNG\r\n\x1A\n";

void put_number(std::string& out, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xFF);
}

void put_chunk(std::string& out, std::string_view type, std::string_view data) {
  put_number(out, static_cast<std::uint32_t>(data.size()));
  const std::size_t begin = out.size();
  out.append(type).append(data);
  const auto* bytes = reinterpret_cast<const Bytef*>(out.data() + begin);
  put_number(out, static_cast<std::uint32_t>(::crc32(0, bytes, static_cast<uInt>(out.size() - begin))));
}

/// Each row behind a byte that says how it is filtered: as the difference from the row above, which is mostly zero in charts.
std::string filtered(std::span<const Color> pixels, std::size_t cols, std::size_t rows) {
  constexpr char kUp = 2;
  std::string out;
  out.reserve(rows * (3 * cols + 1));
  for (std::size_t r = 0; r < rows; ++r) {
    out += kUp;
    for (std::size_t c = 0; c < cols; ++c) {
      const Color now = pixels[r * cols + c], above = r == 0 ? Color{} : pixels[(r - 1) * cols + c];
      out += static_cast<char>(now.red - above.red);
      out += static_cast<char>(now.green - above.green);
      out += static_cast<char>(now.blue - above.blue);
    }
  }
  return out;
}

std::string deflated(const std::string& data) {
  uLongf size = ::compressBound(data.size());
  std::string out(size, '\0');
  const auto* from = reinterpret_cast<const Bytef*>(data.data());
  if (::compress2(reinterpret_cast<Bytef*>(out.data()), &size, from, data.size(), 9) != Z_OK)
    throw Error(ErrorCode::limit, "a picture of this size cannot be compressed: not enough memory");
  out.resize(size);
  return out;
}

}  // namespace

std::string png_bytes(std::span<const Color> pixels, std::size_t cols, std::size_t rows, unsigned per_metre) {
  require(cols > 0 && rows > 0 && cols <= kLongestSide && rows <= kLongestSide && pixels.size() == rows * cols,
          "a PNG picture has 1 to 65,536 pixels a side, and a colour for each");
  std::string out(kSignature), header;
  put_number(header, static_cast<std::uint32_t>(cols));
  put_number(header, static_cast<std::uint32_t>(rows));
  header.append("\x08\x02\x00\x00\x00", 5);  // 8 bits, RGB, deflate, adaptive filters, not interlaced
  put_chunk(out, "IHDR", header);
  if (per_metre > 0) {
    std::string density;
    put_number(density, per_metre);
    put_number(density, per_metre);
    put_chunk(out, "pHYs", density + '\x01');
  }
  put_chunk(out, "IDAT", deflated(filtered(pixels, cols, rows)));
  put_chunk(out, "IEND", "");
  return out;
}

}  // namespace akin::plot
