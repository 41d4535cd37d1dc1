// PNG by libpng: all colour types and depths, interlaced or not. Only the picture and its palette are looked at; colour spaces, texts and
// further frames are passed over. The library reports an error by a long jump: the functions that it may jump out of own nothing that
// would need a destructor.
#include <png.h>

#include <cstring>

#include "decoders.h"

namespace akin::image {
namespace {

struct Reader {
  png_structp library = nullptr;
  png_infop info = nullptr;
  const std::uint8_t* bytes = nullptr;
  std::size_t n_bytes = 0;
  char message[128] = {};

  ~Reader() { png_destroy_read_struct(&library, &info, nullptr); }
};

[[noreturn]] void on_error(png_structp library, png_const_charp message) {
  Reader& reader = *static_cast<Reader*>(png_get_error_ptr(library));
  std::strncpy(reader.message, message, sizeof(reader.message) - 1);
  png_longjmp(library, 1);
}

void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp library, png_bytep out, std::size_t n) {
  Reader& reader = *static_cast<Reader*>(png_get_io_ptr(library));
  if (n > reader.n_bytes) png_error(library, "the file ends too early");
  std::memcpy(out, reader.bytes, n);
  reader.bytes += n;
  reader.n_bytes -= n;
}

bool start(Reader& reader) {
  if (setjmp(png_jmpbuf(reader.library)) != 0) return false;
  png_set_read_fn(reader.library, &reader, on_read);
  png_set_user_limits(reader.library, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_keep_unknown_chunks(reader.library, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_set_crc_action(reader.library, PNG_CRC_ERROR_QUIT, PNG_CRC_QUIET_USE);
  png_read_info(reader.library, reader.info);
  return true;
}

bool start_rows(Reader& reader) {
  if (setjmp(png_jmpbuf(reader.library)) != 0) return false;
  png_set_packing(reader.library);
  png_set_interlace_handling(reader.library);
  png_read_update_info(reader.library, reader.info);
  return true;
}

bool read_row(Reader& reader, std::uint8_t* row) {
  if (setjmp(png_jmpbuf(reader.library)) != 0) return false;
  png_read_row(reader.library, row, nullptr);
  return true;
}

/// What the numbers of a row mean.
struct Layout {
  unsigned type, depth, n_channels;
  Palette palette{};

  Layout(const Reader& reader, unsigned colour_type, unsigned bit_depth)
      : type(colour_type), depth(bit_depth), n_channels(png_get_channels(reader.library, reader.info)) {
    png_colorp colours = nullptr;
    int n = 0;
    if (png_get_PLTE(reader.library, reader.info, &colours, &n) == 0) return;
    for (int i = 0; i < std::min(n, 256); ++i) {
      palette[i][0] = colours[i].red;
      palette[i][1] = colours[i].green;
      palette[i][2] = colours[i].blue;
    }
  }

  void to_rgb(const std::uint8_t* row, std::span<std::uint8_t> rgb) const {
    const std::size_t step = n_channels * (depth == 16 ? 2U : 1U);
    for (std::size_t x = 0; x < rgb.size() / 3; ++x) pixel(row + x * step, &rgb[3 * x]);
  }

 private:
  void pixel(const std::uint8_t* from, std::uint8_t* to) const {
    const std::size_t next = depth == 16 ? 2 : 1;  // the high byte comes first
    if (type == PNG_COLOR_TYPE_PALETTE) return index_to_rgb(palette, *from, to);
    if ((type & PNG_COLOR_MASK_COLOR) != 0) {
      for (std::size_t c = 0; c < 3; ++c) to[c] = from[c * next];
    } else if (depth == 16 && type == PNG_COLOR_TYPE_GRAY) {
      grey_to_rgb(from[0] > 0 ? 255 : from[1], to);
    } else {
      grey_to_rgb(static_cast<std::uint8_t>(depth < 8 ? *from * (255U / ((1U << depth) - 1)) : *from), to);
    }
  }
};

}  // namespace

Image decode_png(const Source& source) {
  Reader reader{nullptr, nullptr, source.data(), source.size(), {}};
  reader.library = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, on_error, on_warning);
  if (reader.library != nullptr) reader.info = png_create_info_struct(reader.library);
  if (reader.info == nullptr) throw Error(ErrorCode::limit, source.name + ": not enough memory for a PNG picture");
  const auto check = [&](bool went_well) {
    if (!went_well) source.broken("PNG", reader.message);
  };
  check(start(reader));
  const unsigned type = png_get_color_type(reader.library, reader.info);
  const unsigned depth = png_get_bit_depth(reader.library, reader.info);
  const bool interlaced = png_get_interlace_type(reader.library, reader.info) != PNG_INTERLACE_NONE;
  const std::size_t width = png_get_image_width(reader.library, reader.info), height = png_get_image_height(reader.library, reader.info);
  source.check_size("PNG", width, height);
  // Deflate makes at most 1,032 bytes of one: a file that is too short for its size needs no memory for its pixels.
  const std::size_t bits = png_get_channels(reader.library, reader.info) * depth;
  if (width * height / 8 * bits / 1032 > source.size()) source.broken("PNG", "the file is too short for its size");
  check(start_rows(reader));
  const Layout layout(reader, type, depth);
  const std::size_t n_row = png_get_rowbytes(reader.library, reader.info);
  Image image = source.make("PNG", width, height);
  if (interlaced) {
    Matrix<std::uint8_t> raw(height, n_row);
    for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; ++pass) {
      for (std::size_t y = 0; y < height; ++y) check(read_row(reader, raw.row(y).data()));
    }
    for (std::size_t y = 0; y < height; ++y) layout.to_rgb(raw.row(y).data(), image.rows.row(y));
    return image;
  }
  Matrix<std::uint8_t> raw(1, n_row);
  for (std::size_t y = 0; y < height; ++y) {
    check(read_row(reader, raw.data()));
    layout.to_rgb(raw.data(), image.rows.row(y));
  }
  return image;
}

}  // namespace akin::image
