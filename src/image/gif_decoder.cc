// GIF (CompuServe, 87a and 89a), its first picture, by our own reader: a format of two pages, an LZW of 12 bits. Around a first picture
// that is smaller than the screen lies its transparent colour, else colour 0.
#include <array>
#include <vector>

#include "decoders.h"

namespace akin::image {
namespace {

constexpr std::size_t kScreenHead = 13, kPictureHead = 9;
constexpr std::uint32_t kMostCodes = 4096;  // 12 bits

/// Bytes of the file in order.
class Cursor {
 public:
  explicit Cursor(const Source& source) : source_(source) {}

  std::size_t take(std::size_t n) {
    if (source_.size() - at_ < n) source_.broken("GIF", "the file ends too early");
    at_ += n;
    return at_ - n;
  }
  std::uint32_t byte() { return source_.u8(take(1)); }
  /// A run of sub-blocks; the content of the first is from the returned place on.
  std::size_t skip_blocks() {
    const std::size_t first = at_ + 1;
    while (const std::uint32_t n = byte()) take(n);
    return first;
  }

 private:
  const Source& source_;
  std::size_t at_ = 0;
};

/// Codes of 3 to 12 bits, lowest bit first, from sub-blocks.
class Codes {
 public:
  explicit Codes(const Source& source, Cursor& cursor) : source_(source), cursor_(cursor) {}

  std::uint32_t next(unsigned n_bits) {
    while (n_held_ < n_bits) {
      if (n_left_ == 0 && (n_left_ = cursor_.byte()) == 0) source_.broken("GIF", "the picture ends too early");
      held_ |= cursor_.byte() << n_held_;
      n_held_ += 8;
      --n_left_;
    }
    const std::uint32_t code = held_ & ((1U << n_bits) - 1);
    held_ >>= n_bits;
    n_held_ -= n_bits;
    return code;
  }

 private:
  const Source& source_;
  Cursor& cursor_;
  std::uint32_t held_ = 0, n_left_ = 0;
  unsigned n_held_ = 0;
};

/// Lempel-Ziv-Welch: each code is a known string and the one before it with one more number.
std::vector<std::uint8_t> unpack(const Source& source, Cursor& cursor, std::size_t n) {
  const unsigned first_bits = cursor.byte();
  if (first_bits == 0 || first_bits > 8) source.broken("GIF", "its codes begin with " + std::to_string(first_bits) + " bits");
  const std::uint32_t clear = 1U << first_bits, end = clear + 1;
  std::array<std::uint16_t, kMostCodes> prefix{};
  std::array<std::uint8_t, kMostCodes> last{}, text{};
  std::vector<std::uint8_t> out;
  Codes codes(source, cursor);
  std::uint32_t next = clear + 2, before = clear;
  unsigned n_bits = first_bits + 1;
  std::uint8_t first = 0;
  while (out.size() < n) {
    const std::uint32_t code = codes.next(n_bits);
    if (code == end) source.broken("GIF", "the picture ends too early");
    if (code == clear) {
      next = clear + 2;
      n_bits = first_bits + 1;
      before = clear;
      continue;
    }
    if (before == clear ? code > clear : code > next) source.broken("GIF", "a code that stands for nothing");
    std::size_t length = 0;
    std::uint32_t at = code;
    if (before != clear && code == next) {
      text[length++] = first;
      at = before;
    }
    for (; at > end; at = prefix[at]) text[length++] = last[at];
    text[length++] = first = static_cast<std::uint8_t>(at);
    for (std::size_t i = length; i-- > 0 && out.size() < n;) out.push_back(text[i]);
    if (before != clear && next < kMostCodes) {
      prefix[next] = static_cast<std::uint16_t>(before);
      last[next] = first;
      if (++next == 1U << n_bits && n_bits < 12) ++n_bits;
    }
    before = code;
  }
  return out;
}

struct Reader {
  const Source& source;
  Cursor cursor;
  Palette palette{};
  std::uint8_t background = 0;

  void read_palette(std::uint32_t flags) {
    if ((flags & 128) == 0) return;
    const std::size_t n = std::size_t{2} << (flags & 7), at = cursor.take(3 * n);
    std::fill_n(&palette[0][0], sizeof(palette), std::uint8_t{0});
    std::copy_n(source.data() + at, 3 * n, &palette[0][0]);
  }

  /// Passes over what stands before the first picture; its head begins at the returned place.
  std::size_t find_picture() {
    while (true) {
      const std::uint32_t kind = cursor.byte();
      if (kind == ',') return cursor.take(kPictureHead);
      if (kind == ';') source.broken("GIF", "there is no picture in it");
      if (kind != '!') continue;  // as other readers do: bytes between blocks are passed over
      const bool is_control = cursor.byte() == 0xF9;
      const std::size_t at = cursor.skip_blocks();
      if (is_control && source.u8(at - 1) >= 4 && (source.u8(at) & 1) != 0) background = static_cast<std::uint8_t>(source.u8(at + 3));
    }
  }
};

/// The row that comes `i`-th: all of them, or every eighth, then those half-way between, and so on.
std::vector<std::size_t> row_order(std::size_t height, bool interlaced) {
  std::vector<std::size_t> order;
  constexpr std::array<std::array<std::size_t, 2>, 4> kPasses = {{{0, 8}, {4, 8}, {2, 4}, {1, 2}}};
  if (!interlaced) {
    for (std::size_t y = 0; y < height; ++y) order.push_back(y);
    return order;
  }
  for (const auto& [first, step] : kPasses) {
    for (std::size_t y = first; y < height; y += step) order.push_back(y);
  }
  return order;
}

}  // namespace

Image decode_gif(const Source& source) {
  Reader reader{source, Cursor(source)};
  reader.cursor.take(kScreenHead);
  for (std::size_t i = 0; i < 256; ++i) std::fill_n(reader.palette[i], 3, static_cast<std::uint8_t>(i));  // without a table: grey
  reader.read_palette(source.u8(10));
  const std::size_t head = reader.find_picture();
  const std::size_t x = source.u16(head), y = source.u16(head + 2), width = source.u16(head + 4), height = source.u16(head + 6);
  const std::uint32_t flags = source.u8(head + 8);
  if (width == 0 || height == 0) source.broken("GIF", "its first picture is empty");
  reader.read_palette(flags);
  // A picture that reaches over the screen makes it larger.
  const std::size_t screen_width = std::max<std::size_t>(source.u16(6), x + width);
  const std::size_t screen_height = std::max<std::size_t>(source.u16(8), y + height);
  source.check_size("GIF", screen_width, screen_height);
  const std::vector<std::uint8_t> indices = unpack(source, reader.cursor, width * height);
  Image image = source.make("GIF", screen_width, screen_height);
  for (std::size_t i = 0; i < screen_width * screen_height; ++i) index_to_rgb(reader.palette, reader.background, image.rows.data() + 3 * i);
  const std::vector<std::size_t> order = row_order(height, (flags & 64) != 0);
  for (std::size_t r = 0; r < height; ++r) {
    std::uint8_t* row = image.rows.row(y + order[r]).data() + 3 * x;
    for (std::size_t c = 0; c < width; ++c) index_to_rgb(reader.palette, indices[r * width + c], row + 3 * c);
  }
  return image;
}

}  // namespace akin::image
