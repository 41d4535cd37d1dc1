// JPEG by libjpeg-turbo: baseline, progressive and arithmetic; grey, YCbCr, RGB, CMYK and YCCK (with Adobe's inverted ink, as every file of
// that kind has in practice). The library reports an error by a long jump: the functions that it may jump out of own nothing that would
// need a destructor.
#include <csetjmp>
#include <cstdio>

// jpeglib.h needs the FILE of <cstdio> before it.
#include <jerror.h>
#include <jpeglib.h>

#include "decoders.h"

namespace akin::image {
namespace {

// A progressive picture comes in about ten scans. Files of some kilobytes can ask for thousands, each over all pixels.
constexpr int kMaxScans = 100;

struct Reader {
  jpeg_error_mgr errors{};
  jpeg_decompress_struct library{};
  jpeg_source_mgr input{};
  jpeg_progress_mgr progress{};
  std::jmp_buf jump{};
  char message[JMSG_LENGTH_MAX] = {};
  bool ended = false;  ///< the file's bytes did not suffice
};

Reader& reader_of(j_common_ptr library) { return *static_cast<Reader*>(library->client_data); }

[[noreturn]] void on_error(j_common_ptr library) {
  Reader& reader = reader_of(library);
  (*library->err->format_message)(library, reader.message);
  std::longjmp(reader.jump, 1);
}

void on_message(j_common_ptr, int) {}
void on_output(j_common_ptr) {}
void on_start(j_decompress_ptr) {}

boolean on_end_of_file(j_decompress_ptr library) {
  Reader& reader = reader_of(reinterpret_cast<j_common_ptr>(library));
  reader.ended = true;
  std::longjmp(reader.jump, 1);
}

void on_skip(j_decompress_ptr library, long n_bytes) {
  if (n_bytes <= 0) return;
  if (static_cast<std::size_t>(n_bytes) > library->src->bytes_in_buffer) on_end_of_file(library);
  library->src->next_input_byte += n_bytes;
  library->src->bytes_in_buffer -= static_cast<std::size_t>(n_bytes);
}

void on_progress(j_common_ptr library) {
  const auto* decompress = reinterpret_cast<j_decompress_ptr>(library);
  if (decompress->input_scan_number <= kMaxScans) return;
  Reader& reader = reader_of(library);
  std::snprintf(reader.message, sizeof(reader.message), "has more than %d scans", kMaxScans);
  std::longjmp(reader.jump, 1);
}

bool start(Reader& reader, std::span<const std::byte> bytes) {
  jpeg_decompress_struct& library = reader.library;
  library.err = jpeg_std_error(&reader.errors);
  reader.errors.error_exit = on_error;
  reader.errors.emit_message = on_message;
  reader.errors.output_message = on_output;
  library.client_data = &reader;
  if (setjmp(reader.jump) != 0) return false;
  jpeg_create_decompress(&library);
  library.client_data = &reader;
  reader.progress.progress_monitor = on_progress;
  library.progress = &reader.progress;
  reader.input.init_source = on_start;
  reader.input.fill_input_buffer = on_end_of_file;
  reader.input.skip_input_data = on_skip;
  reader.input.resync_to_restart = jpeg_resync_to_restart;
  reader.input.term_source = on_start;
  reader.input.next_input_byte = reinterpret_cast<const JOCTET*>(bytes.data());
  reader.input.bytes_in_buffer = bytes.size();
  library.src = &reader.input;
  jpeg_read_header(&library, TRUE);
  return true;
}

bool start_rows(Reader& reader) {
  if (setjmp(reader.jump) != 0) return false;
  const int n = reader.library.num_components;
  reader.library.out_color_space = n == 1 ? JCS_GRAYSCALE : n == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_start_decompress(&reader.library);
  return true;
}

bool read_row(Reader& reader, std::uint8_t* row) {
  if (setjmp(reader.jump) != 0) return false;
  JSAMPROW pointer = row;
  jpeg_read_scanlines(&reader.library, &pointer, 1);
  return true;
}

/// Reads on to the end marker.
bool finish(Reader& reader) {
  if (setjmp(reader.jump) != 0) return false;
  jpeg_finish_decompress(&reader.library);
  return true;
}

void widen(const std::uint8_t* row, int n_components, std::span<std::uint8_t> rgb) {
  for (std::size_t x = 0; x < rgb.size() / 3; ++x) {
    if (n_components == 1) {
      grey_to_rgb(row[x], &rgb[3 * x]);
    } else {
      const std::uint8_t* ink = row + 4 * x;
      const std::uint8_t inverted[4] = {static_cast<std::uint8_t>(~ink[0]), static_cast<std::uint8_t>(~ink[1]),
                                        static_cast<std::uint8_t>(~ink[2]), static_cast<std::uint8_t>(~ink[3])};
      cmyk_to_rgb(inverted, &rgb[3 * x]);
    }
  }
}

}  // namespace

Image decode_jpeg(const Source& source) {
  const auto reader = std::make_unique<Reader>();
  struct Release {
    Reader& reader;
    ~Release() { jpeg_destroy_decompress(&reader.library); }
  } release{*reader};
  const auto check = [&](bool went_well) {
    if (!went_well) source.broken("JPEG", reader->ended ? "the file ends too early" : reader->message);
  };
  check(start(*reader, source.bytes));
  const jpeg_decompress_struct& library = reader->library;
  const int n = library.num_components;
  if (n != 1 && n != 3 && n != 4) source.unsupported("JPEG", "of " + std::to_string(n) + " components, which akin does not read");
  Image image = source.make("JPEG", library.image_width, library.image_height);
  check(start_rows(*reader));
  Matrix<std::uint8_t> narrow(n == 3 ? 0 : 1, image.width() * static_cast<std::size_t>(n));
  for (std::size_t y = 0; y < image.height(); ++y) {
    std::uint8_t* row = n == 3 ? image.rows.row(y).data() : narrow.data();
    check(read_row(*reader, row));
    if (n != 3) widen(row, n, image.rows.row(y));
  }
  check(finish(*reader));
  return image;
}

}  // namespace akin::image
