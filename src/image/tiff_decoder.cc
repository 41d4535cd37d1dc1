// TIFF by libtiff, its first page: bilevel, grey, palette, RGB and CMYK of 1 to 16 bits (grey also of 32), in strips or tiles, in one plane
// or several, in every compression that the library has; YCbCr through the library's own conversion. The page's orientation is applied, as
// PIL does for this format. The library reports by call-backs of each open file and returns: nothing jumps.
#include <tiffio.h>

#include <array>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "decoders.h"

namespace akin::image {
namespace {

// A single piece of a page (a strip, a tile) and the library's own tables; over it a file is refused.
constexpr tmsize_t kMaxPiece = tmsize_t{1} << 30;

struct Reader {
  const Source& source;
  std::uint64_t at = 0;
  std::array<char, 200> message{};
};

Reader& reader_of(thandle_t handle) { return *static_cast<Reader*>(handle); }

tmsize_t on_read(thandle_t handle, void* out, tmsize_t n) {
  Reader& reader = reader_of(handle);
  const std::uint64_t size = reader.source.size(), from = std::min(reader.at, size);
  const std::uint64_t got = std::min(static_cast<std::uint64_t>(n), size - from);
  std::memcpy(out, reader.source.data() + from, got);
  reader.at = from + got;
  return static_cast<tmsize_t>(got);
}

tmsize_t on_write(thandle_t, void*, tmsize_t) { return 0; }

toff_t on_seek(thandle_t handle, toff_t offset, int from) {
  Reader& reader = reader_of(handle);
  reader.at = from == SEEK_SET ? offset : from == SEEK_CUR ? reader.at + offset : reader.source.size() + offset;
  return reader.at;
}

int on_close(thandle_t) { return 0; }
toff_t on_size(thandle_t handle) { return reader_of(handle).source.size(); }

int on_error(TIFF*, void* user, const char*, const char* format, va_list arguments) {
  auto& message = static_cast<Reader*>(user)->message;
  if (message[0] == '\0') std::vsnprintf(message.data(), message.size(), format, arguments);
  return 1;
}
int on_warning(TIFF*, void*, const char*, const char*, va_list) { return 1; }

struct Close {
  void operator()(TIFF* file) const { TIFFClose(file); }
};
using File = std::unique_ptr<TIFF, Close>;

File open(Reader& reader) {
  TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
  if (options == nullptr) throw Error(ErrorCode::limit, reader.source.name + ": not enough memory for a TIFF picture");
  TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, &reader);
  TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, &reader);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, kMaxPiece);
  // "m": no memory map, all through the call-backs.
  File file(TIFFClientOpenExt(reader.source.name.c_str(), "rm", &reader, on_read, on_write, on_seek, on_close, on_size, nullptr, nullptr,
                              options));
  TIFFOpenOptionsFree(options);
  return file;
}

struct Layout {
  std::uint32_t width = 0, height = 0;
  std::uint16_t bits = 1, n_samples = 1, photometric = PHOTOMETRIC_MINISWHITE, planes = PLANARCONFIG_CONTIG, format = SAMPLEFORMAT_UINT;
  std::uint16_t compression = COMPRESSION_NONE, orientation = ORIENTATION_TOPLEFT;
  bool premultiplied = false;
  std::uint16_t n_colours = 1;  ///< samples that are colour
  Palette palette{};

  [[nodiscard]] bool is_grey() const { return photometric == PHOTOMETRIC_MINISWHITE || photometric == PHOTOMETRIC_MINISBLACK; }
};

void read_palette(TIFF* file, Layout& layout) {
  std::uint16_t* colours[3] = {};
  if (TIFFGetField(file, TIFFTAG_COLORMAP, &colours[0], &colours[1], &colours[2]) == 0) return;
  for (std::size_t i = 0; i < std::size_t{1} << layout.bits; ++i) {
    for (std::size_t c = 0; c < 3; ++c) layout.palette[i][c] = static_cast<std::uint8_t>(colours[c][i] >> 8);
  }
}

Layout read_layout(TIFF* file, const Source& source) {
  Layout layout;
  TIFFGetField(file, TIFFTAG_IMAGEWIDTH, &layout.width);
  TIFFGetField(file, TIFFTAG_IMAGELENGTH, &layout.height);
  TIFFGetFieldDefaulted(file, TIFFTAG_BITSPERSAMPLE, &layout.bits);
  TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLESPERPIXEL, &layout.n_samples);
  TIFFGetField(file, TIFFTAG_PHOTOMETRIC, &layout.photometric);
  TIFFGetFieldDefaulted(file, TIFFTAG_PLANARCONFIG, &layout.planes);
  TIFFGetFieldDefaulted(file, TIFFTAG_SAMPLEFORMAT, &layout.format);
  TIFFGetFieldDefaulted(file, TIFFTAG_COMPRESSION, &layout.compression);
  TIFFGetFieldDefaulted(file, TIFFTAG_ORIENTATION, &layout.orientation);
  std::uint16_t n_extra = 0, *extra = nullptr;
  TIFFGetFieldDefaulted(file, TIFFTAG_EXTRASAMPLES, &n_extra, &extra);
  layout.premultiplied = n_extra > 0 && extra[0] == EXTRASAMPLE_ASSOCALPHA && layout.photometric == PHOTOMETRIC_RGB;
  source.check_size("TIFF", layout.width, layout.height);
  if (layout.photometric == PHOTOMETRIC_RGB || layout.photometric == PHOTOMETRIC_YCBCR) layout.n_colours = 3;
  if (layout.photometric == PHOTOMETRIC_SEPARATED) layout.n_colours = 4;
  if (layout.photometric == PHOTOMETRIC_PALETTE && layout.bits <= 8) read_palette(file, layout);
  return layout;
}

void check_kind(const Layout& layout, const Source& source) {
  const auto refuse = [&] {
    source.unsupported("TIFF", "of " + std::to_string(layout.n_samples) + " samples of " + std::to_string(layout.bits) +
                                   " bits, photometric " + std::to_string(layout.photometric) + ", sample format " +
                                   std::to_string(layout.format) + ", which akin does not read");
  };
  const bool small = layout.bits == 1 || layout.bits == 2 || layout.bits == 4;
  const bool whole = layout.format == SAMPLEFORMAT_UINT;
  const bool wide_grey = layout.is_grey() && layout.n_samples == 1 && (layout.bits == 16 || layout.bits == 32);
  bool known = layout.bits == 8 && (whole || layout.is_grey());
  if (layout.is_grey()) known = known || small || wide_grey;
  if (layout.photometric == PHOTOMETRIC_PALETTE) known = known || small;
  if (layout.photometric == PHOTOMETRIC_RGB || layout.photometric == PHOTOMETRIC_SEPARATED) known = known || (whole && layout.bits == 16);
  const bool of_kind = layout.is_grey() || layout.photometric == PHOTOMETRIC_PALETTE || layout.photometric == PHOTOMETRIC_RGB ||
                       layout.photometric == PHOTOMETRIC_SEPARATED || layout.photometric == PHOTOMETRIC_YCBCR;
  if (!known || !of_kind || layout.n_samples < layout.n_colours || layout.n_samples > 6) refuse();
  if (small && layout.n_samples > 1) refuse();
}

/// Grey of 16 and 32 bits is cut to 0 … 255, as PIL does it.
std::uint8_t wide_grey(const Layout& layout, const std::uint8_t* at) {
  double value = 0;
  const auto read = [&](auto number) {
    std::memcpy(&number, at, sizeof(number));
    value = static_cast<double>(number);
  };
  if (layout.bits == 16) {
    layout.format == SAMPLEFORMAT_INT ? read(std::int16_t{}) : read(std::uint16_t{});
  } else if (layout.format == SAMPLEFORMAT_IEEEFP) {
    read(float{});
  } else {
    read(std::int32_t{});
  }
  return std::isnan(value) ? std::uint8_t{0} : static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
}

/// The sample at `i` of a row in the machine's own byte order as eight bits.
std::uint8_t sample(const Layout& layout, const std::uint8_t* row, std::size_t i) {
  if (layout.bits == 8) return row[i];
  if (layout.bits < 8) return packed_at(row, i, layout.bits);
  if (layout.is_grey()) return wide_grey(layout, row + i * layout.bits / 8);
  std::uint16_t wide = 0;
  std::memcpy(&wide, row + 2 * i, 2);
  return static_cast<std::uint8_t>(wide >> 8);
}

/// Colours that were multiplied with alpha are divided by it.
void divide(std::uint8_t* rgb, std::uint8_t alpha) {
  for (std::size_t c = 0; c < 3 && alpha != 255; ++c) {
    rgb[c] = alpha == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(std::min(255, 255 * rgb[c] / alpha));
  }
}

void to_rgb(const Layout& layout, const std::uint8_t* samples, std::uint8_t* rgb) {
  if (layout.photometric == PHOTOMETRIC_RGB) {
    std::copy_n(samples, 3, rgb);
    if (layout.premultiplied) divide(rgb, samples[3]);
  } else if (layout.photometric == PHOTOMETRIC_SEPARATED) {
    cmyk_to_rgb(samples, rgb);
  } else if (layout.photometric == PHOTOMETRIC_PALETTE) {
    index_to_rgb(layout.palette, samples[0], rgb);
  } else {
    const unsigned most = layout.bits < 8 ? (1U << layout.bits) - 1 : 255;
    auto grey = static_cast<std::uint8_t>(samples[0] * (255U / most));
    if (layout.photometric == PHOTOMETRIC_MINISWHITE && layout.bits <= 8) grey = static_cast<std::uint8_t>(255 - grey);
    grey_to_rgb(grey, rgb);
  }
}

/// A page whose samples are read as they are: pieces (strips or tiles) to samples of eight bits, those to colours.
class Page {
 public:
  Page(TIFF* file, const Layout& layout, Reader& reader) : file_(file), layout_(layout), reader_(reader), tiled_(TIFFIsTiled(file) != 0) {
    std::uint32_t rows_per_strip = 0;
    if (tiled_) {
      TIFFGetField(file, TIFFTAG_TILEWIDTH, &piece_width_);
      TIFFGetField(file, TIFFTAG_TILELENGTH, &piece_height_);
    } else {
      TIFFGetFieldDefaulted(file, TIFFTAG_ROWSPERSTRIP, &rows_per_strip);
      piece_width_ = layout.width;
      piece_height_ = std::min(rows_per_strip, layout.height);
    }
    const tmsize_t bytes = tiled_ ? TIFFTileSize(file) : TIFFStripSize(file);
    const tmsize_t row = tiled_ ? TIFFTileRowSize(file) : TIFFScanlineSize(file);
    if (piece_width_ == 0 || piece_height_ == 0 || bytes <= 0 || bytes > kMaxPiece || row <= 0 || row > bytes / piece_height_) {
      reader.source.broken("TIFF", "its strips or tiles have impossible sizes");
    }
    row_bytes_ = static_cast<std::size_t>(row);
    const std::size_t wanted = static_cast<std::size_t>(piece_width_) * samples_a_pixel() * layout.bits;
    if (row_bytes_ * 8 < wanted) reader.source.broken("TIFF", "its strips or tiles have impossible sizes");
    buffer_.resize(static_cast<std::size_t>(bytes));
  }

  Image read() {
    // The samples that make a colour; the first that is left out is alpha.
    const std::size_t n_kept = layout_.n_colours + (layout_.premultiplied ? 1 : 0);
    Image image = reader_.source.make("TIFF", layout_.width, layout_.height);
    std::vector<std::uint8_t> band(static_cast<std::size_t>(layout_.width) * std::min(piece_height_, layout_.height) * n_kept);
    const std::size_t n_planes = layout_.planes == PLANARCONFIG_SEPARATE ? n_kept : 1;
    for (std::uint32_t y = 0; y < layout_.height; y += piece_height_) {
      const std::uint32_t n_rows = std::min(piece_height_, layout_.height - y);
      for (std::uint32_t x = 0; x < layout_.width; x += piece_width_) {
        for (std::size_t plane = 0; plane < n_planes; ++plane) {
          load(x, y, static_cast<std::uint16_t>(plane));
          take(x, n_rows, plane, n_kept, band);
        }
      }
      for (std::uint32_t r = 0; r < n_rows; ++r) {
        std::uint8_t* rgb = image.rows.row(y + r).data();
        const std::uint8_t* samples = band.data() + std::size_t{r} * layout_.width * n_kept;
        for (std::size_t x = 0; x < layout_.width; ++x) to_rgb(layout_, samples + x * n_kept, rgb + 3 * x);
      }
    }
    return image;
  }

 private:
  [[nodiscard]] std::size_t samples_a_pixel() const { return layout_.planes == PLANARCONFIG_SEPARATE ? 1 : layout_.n_samples; }

  void load(std::uint32_t x, std::uint32_t y, std::uint16_t plane) {
    const auto size = static_cast<tmsize_t>(buffer_.size());
    const tmsize_t got = tiled_ ? TIFFReadEncodedTile(file_, TIFFComputeTile(file_, x, y, 0, plane), buffer_.data(), size)
                                : TIFFReadEncodedStrip(file_, TIFFComputeStrip(file_, y, plane), buffer_.data(), size);
    const std::size_t n_rows = tiled_ ? piece_height_ : std::min(piece_height_, layout_.height - y);
    if (got < 0 || static_cast<std::size_t>(got) < n_rows * row_bytes_) {
      reader_.source.broken("TIFF", reader_.message[0] == '\0' ? "a strip or tile is too short" : reader_.message.data());
    }
  }

  void take(std::uint32_t x, std::uint32_t n_rows, std::size_t plane, std::size_t n_kept, std::vector<std::uint8_t>& band) const {
    const std::size_t n_columns = std::min(piece_width_, layout_.width - x), per_pixel = samples_a_pixel();
    const bool planes = layout_.planes == PLANARCONFIG_SEPARATE;
    for (std::size_t r = 0; r < n_rows; ++r) {
      const std::uint8_t* row = buffer_.data() + r * row_bytes_;
      std::uint8_t* out = band.data() + (r * layout_.width + x) * n_kept;
      for (std::size_t c = 0; c < n_columns; ++c) {
        if (planes) {
          out[c * n_kept + plane] = sample(layout_, row, c);
          continue;
        }
        for (std::size_t s = 0; s < n_kept; ++s) out[c * n_kept + s] = sample(layout_, row, c * per_pixel + s);
      }
    }
  }

  TIFF* file_;
  const Layout& layout_;
  Reader& reader_;
  bool tiled_;
  std::uint32_t piece_width_ = 0, piece_height_ = 0;
  std::size_t row_bytes_ = 0;
  std::vector<std::uint8_t> buffer_;
};

/// YCbCr: converted by the library.
Image read_converted(TIFF* file, const Layout& layout, Reader& reader) {
  Image image = reader.source.make("TIFF", layout.width, layout.height);
  TIFFRGBAImage converter;
  std::array<char, 1024> message{};
  const auto fail = [&](const char* what) { reader.source.broken("TIFF", reader.message[0] != '\0' ? reader.message.data() : what); };
  if (TIFFRGBAImageOK(file, message.data()) == 0 || TIFFRGBAImageBegin(&converter, file, 1, message.data()) == 0) fail(message.data());
  converter.req_orientation = converter.orientation;
  std::vector<std::uint32_t> pixels(static_cast<std::size_t>(layout.width) * layout.height);
  const int went_well = TIFFRGBAImageGet(&converter, pixels.data(), layout.width, layout.height);
  TIFFRGBAImageEnd(&converter);
  if (went_well == 0) fail("its strips or tiles cannot be read");
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    std::uint8_t* rgb = image.rows.data() + 3 * i;
    rgb[0] = static_cast<std::uint8_t>(TIFFGetR(pixels[i]));
    rgb[1] = static_cast<std::uint8_t>(TIFFGetG(pixels[i]));
    rgb[2] = static_cast<std::uint8_t>(TIFFGetB(pixels[i]));
  }
  return image;
}

/// Turns and mirrors stored rows to how they are looked at (the eight orientations of TIFF 6.0).
Image turn(Image image, std::uint16_t orientation) {
  if (orientation < 2 || orientation > 8) return image;
  const bool transposed = orientation >= 5;
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const std::size_t width = image.width(), height = image.height();
  Image turned{Matrix<std::uint8_t>::uninitialized(transposed ? width : height, 3 * (transposed ? height : width))};
  for (std::size_t y = 0; y < turned.height(); ++y) {
    for (std::size_t x = 0; x < turned.width(); ++x) {
      const std::size_t column = transposed ? y : x, row = transposed ? x : y;
      const std::size_t from_x = from_right ? width - 1 - column : column, from_y = from_bottom ? height - 1 - row : row;
      std::copy_n(image.rows.row(from_y).data() + 3 * from_x, 3, turned.rows.row(y).data() + 3 * x);
    }
  }
  return turned;
}

}  // namespace

Image decode_tiff(const Source& source) {
  Reader reader{source};
  const File file = open(reader);
  if (file == nullptr) source.broken("TIFF", reader.message[0] == '\0' ? "its directory cannot be read" : reader.message.data());
  Layout layout = read_layout(file.get(), source);
  check_kind(layout, source);
  const bool ycbcr = layout.photometric == PHOTOMETRIC_YCBCR;
  if (ycbcr && layout.compression == COMPRESSION_JPEG && layout.planes == PLANARCONFIG_CONTIG) {
    TIFFSetField(file.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    layout.photometric = PHOTOMETRIC_RGB;
  } else if (ycbcr) {
    return turn(read_converted(file.get(), layout, reader), layout.orientation);
  }
  return turn(Page(file.get(), layout, reader).read(), layout.orientation);
}

}  // namespace akin::image
