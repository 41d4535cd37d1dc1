// BMP (Windows and OS/2 1.x), by our own reader: 1, 4, 8, 16, 24 and 32 bits, bit fields, run lengths; upside down or not.
#include <vector>

#include "decoders.h"

namespace akin::image {
namespace {

constexpr std::size_t kFileHead = 14;
enum Compression : std::uint32_t { kNone = 0, kRunLength8 = 1, kRunLength4 = 2, kBitFields = 3 };

struct Header {
  std::size_t head_size = 0, pixels_at = 0;
  std::size_t width = 0, height = 0;
  std::uint32_t bits = 0, compression = kNone;
  bool top_down = false;
  std::uint32_t masks[3] = {};
  Palette palette{};
};

void read_palette(const Source& source, Header& header, std::size_t at, std::size_t n) {
  const std::size_t step = header.head_size == 12 ? 3 : 4;
  if (n == 0) n = std::size_t{1} << header.bits;
  if (n > 65536) source.broken("BMP", "its palette has " + std::to_string(n) + " colours");
  if (n * step > source.size() - at) source.broken("BMP", "the file ends too early");
  for (std::size_t i = 0; i < std::min<std::size_t>(n, 256); ++i) {
    for (std::size_t c = 0; c < 3; ++c) header.palette[i][c] = static_cast<std::uint8_t>(source.u8(at + i * step + 2 - c));
  }
  // Files that give no other place for the pixels have them after the palette.
  if (header.pixels_at <= kFileHead + header.head_size) header.pixels_at = at + n * step;
}

void read_masks(const Source& source, Header& header) {
  constexpr std::uint32_t kDefault16[3] = {0x7C00, 0x3E0, 0x1F}, kDefault32[3] = {0xFF0000, 0xFF00, 0xFF};
  const auto& usual = header.bits == 16 ? kDefault16 : kDefault32;
  std::copy_n(usual, 3, header.masks);
  if (header.compression != kBitFields) return;
  if (source.size() < kFileHead + 52) source.broken("BMP", "the file ends too early");
  for (std::size_t c = 0; c < 3; ++c) header.masks[c] = source.u32(kFileHead + 40 + 4 * c);
  if ((header.masks[0] | header.masks[1] | header.masks[2]) == 0) std::copy_n(usual, 3, header.masks);
}

Header read_header(const Source& source) {
  if (source.size() < kFileHead + 12) source.broken("BMP", "the file ends too early");
  Header header;
  header.pixels_at = source.u32(10);
  header.head_size = source.u32(kFileHead);
  const bool old = header.head_size == 12;
  if (!old && (header.head_size < 40 || header.head_size > 124)) {
    source.unsupported("BMP", "with a header of " + std::to_string(header.head_size) + " bytes, which akin does not read");
  }
  if (source.size() - kFileHead < header.head_size) source.broken("BMP", "the file ends too early");
  header.width = old ? source.u16(18) : source.u32(18);
  header.height = old ? source.u16(20) : source.u32(22);
  header.bits = source.u16(old ? 24 : 28);
  if (!old) {
    header.compression = source.u32(30);
    header.top_down = header.height >= 0x80000000U;
    if (header.top_down) header.height = 0x100000000U - header.height;
  }
  const bool run_length = header.compression == kRunLength8 || header.compression == kRunLength4;
  if (!run_length && header.compression != kNone && header.compression != kBitFields) {
    source.unsupported("BMP", "with compression " + std::to_string(header.compression) + ", which akin does not read");
  }
  constexpr std::uint32_t kDepths[] = {1, 4, 8, 16, 24, 32};
  if (std::ranges::find(kDepths, header.bits) == std::end(kDepths) || (run_length && header.bits > 8)) {
    source.unsupported("BMP", "of " + std::to_string(header.bits) + " bits, which akin does not read");
  }
  source.check_size("BMP", header.width, header.height);
  if (header.bits <= 8) {
    read_palette(source, header, kFileHead + header.head_size, old ? 0 : source.u32(46));
  } else {
    read_masks(source, header);
  }
  return header;
}

/// A part of a pixel as a byte: of 8 bits as it is, shorter ones stretched.
std::uint8_t part(std::uint32_t pixel, std::uint32_t mask) {
  if (mask == 0) return 0;
  const int shift = std::countr_zero(mask);
  const std::uint64_t most = mask >> shift;
  return static_cast<std::uint8_t>(std::uint64_t{(pixel & mask) >> shift} * 255 / most);
}

void read_row(const Source& source, const Header& header, std::size_t at, std::span<std::uint8_t> rgb) {
  for (std::size_t x = 0; x < rgb.size() / 3; ++x) {
    std::uint8_t* to = &rgb[3 * x];
    if (header.bits <= 8) {
      index_to_rgb(header.palette, packed_at(source.data() + at, x, header.bits), to);
    } else if (header.bits == 24) {
      for (std::size_t c = 0; c < 3; ++c) to[c] = static_cast<std::uint8_t>(source.u8(at + 3 * x + 2 - c));
    } else {
      const std::uint32_t pixel = header.bits == 16 ? source.u16(at + 2 * x) : source.u32(at + 4 * x);
      for (std::size_t c = 0; c < 3; ++c) to[c] = part(pixel, header.masks[c]);
    }
  }
}

/// Runs of one number, stretches of single ones, jumps. What is left out is 0.
class RunLengths {
 public:
  RunLengths(const Source& source, const Header& header) : source_(source), header_(header), at_(header.pixels_at) {}

  std::vector<std::uint8_t> read() {
    const std::size_t n = header_.width * header_.height;
    while (out_.size() < n) {
      const std::uint32_t count = byte(), value = byte();
      if (count > 0) {
        run(std::min<std::size_t>(count, header_.width - x()), value);
      } else if (value == 0) {
        out_.resize((out_.size() + header_.width - 1) / header_.width * header_.width);
      } else if (value == 1) {
        break;
      } else if (value == 2) {
        const std::size_t right = byte(), up = byte();
        out_.resize(std::min(n, out_.size() + right + up * header_.width));
      } else {
        stretch(std::min<std::size_t>(value, n - out_.size()));
      }
    }
    out_.resize(n);
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool is_4() const { return header_.compression == kRunLength4; }
  [[nodiscard]] std::size_t x() const { return out_.size() % header_.width; }

  std::uint32_t byte() {
    if (at_ >= source_.size()) source_.broken("BMP", "the file ends too early");
    return source_.u8(at_++);
  }
  void run(std::size_t n, std::uint32_t value) {
    for (std::size_t i = 0; i < n; ++i) {
      out_.push_back(static_cast<std::uint8_t>(!is_4() ? value : i % 2 == 0 ? value >> 4 : value & 15));
    }
  }
  void stretch(std::size_t n) {
    for (std::size_t i = 0; i < n;) {
      const std::uint32_t value = byte();
      if (!is_4()) {
        out_.push_back(static_cast<std::uint8_t>(value));
        ++i;
        continue;
      }
      out_.push_back(static_cast<std::uint8_t>(value >> 4));
      if (++i < n) out_.push_back(static_cast<std::uint8_t>(value & 15));
      ++i;
    }
    if (at_ % 2 != 0 && at_ < source_.size()) ++at_;
  }

  const Source& source_;
  const Header& header_;
  std::size_t at_;
  std::vector<std::uint8_t> out_;
};

}  // namespace

Image decode_bmp(const Source& source) {
  const Header header = read_header(source);
  const auto row_of = [&](Image& image, std::size_t r) { return image.rows.row(header.top_down ? r : header.height - 1 - r); };
  if (header.compression == kRunLength8 || header.compression == kRunLength4) {
    const std::vector<std::uint8_t> indices = RunLengths(source, header).read();
    Image image = source.make("BMP", header.width, header.height);
    for (std::size_t i = 0; i < indices.size(); ++i) {
      index_to_rgb(header.palette, indices[i], &row_of(image, i / header.width)[3 * (i % header.width)]);
    }
    return image;
  }
  const std::size_t stride = (header.width * header.bits + 31) / 32 * 4;
  if (header.pixels_at > source.size() || stride * header.height > source.size() - header.pixels_at) {
    source.broken("BMP", "the file ends too early");
  }
  Image image = source.make("BMP", header.width, header.height);
  for (std::size_t r = 0; r < header.height; ++r) read_row(source, header, header.pixels_at + r * stride, row_of(image, r));
  return image;
}

}  // namespace akin::image
