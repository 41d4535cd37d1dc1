#include "akin/image/image.h"

#include "base/temporary_folder.h"
#include "base/throws.h"
#include "decoders.h"
#include "pictures.h"

namespace akin {
namespace {

using testing::picture_bytes;
using testing::reading;

TEST(ImageFormatOf, TellsEveryPictureByItsFirstBytes) {
  const std::pair<const char*, ImageFormat> endings[] = {{".jpg", ImageFormat::jpeg},  {".png", ImageFormat::png},
                                                         {".webp", ImageFormat::webp}, {".gif", ImageFormat::gif},
                                                         {".tif", ImageFormat::tiff},  {".bmp", ImageFormat::bmp}};
  for (const auto& [ending, format] : endings) {
    for (const std::string& name : testing::pictures(ending)) {
      EXPECT_EQ(image_format_of(testing::as_bytes(picture_bytes(name).substr(0, 16))), format) << name;
      EXPECT_EQ(image_format_of(golden::path("images/" + name)), format) << name;
    }
  }
}

TEST(ImageFormatOf, KnowsWhatIsNoPicture) {
  for (const std::string text : {"", "B", "BM", "BMW builds cars, they say", "RIFF....WAVE", "GIF88a", "%PDF-1.4", "PK\x03\x04"}) {
    EXPECT_FALSE(image_format_of(testing::as_bytes(text)).has_value()) << text;
  }
  EXPECT_FALSE(image_format_of(std::filesystem::path("no/such/file.png")).has_value());
  EXPECT_FALSE(image_format_of(std::filesystem::temp_directory_path()).has_value());
}

TEST(DecodeImage, SaysWhatIsWrongWithAFile) {
  std::string wide = picture_bytes("rgb8.png");
  const std::string truncated_png = wide.substr(0, 60);
  const std::pair<std::string, std::string> cases[] = {
      {"", "unsupported: x: is empty; it reads JPEG, PNG, WebP, GIF (first picture), TIFF (first page), BMP"},
      {"just words", "unsupported: x: is no picture of a kind that akin reads; it reads JPEG"},
      {picture_bytes("colour.jpg").substr(0, 300), "corrupt: x: a broken JPEG picture: the file ends too early"},
      {truncated_png, "corrupt: x: a broken PNG picture: the file ends too early"},
      {picture_bytes("lossy.webp").substr(0, 90), "corrupt: x: a broken WebP picture: the file ends too early"},
      {picture_bytes("quantized.gif").substr(0, 300), "corrupt: x: a broken GIF picture: the file ends too early"},
      {picture_bytes("rgb24.bmp").substr(0, 100), "corrupt: x: a broken BMP picture: the file ends too early"},
      {picture_bytes("rgb_raw.tif").substr(0, 100), "corrupt: x: a broken TIFF picture: "},
  };
  for (const auto& [bytes, message] : cases) {
    const std::string said = reading(bytes, "x");
    EXPECT_TRUE(said.starts_with(message)) << said << "\nwanted: " << message;
    EXPECT_EQ(said.find('\n'), said.npos) << said;
  }
}

/// Bytes of a 32-bit number, the highest first.
std::string big(std::uint32_t n) {
  return {static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8), static_cast<char>(n)};
}

TEST(DecodeImage, RefusesSizesThatLieBeforeTakingMemory) {
  std::string gif = picture_bytes("interlaced.gif");
  gif.replace(6, 4, "\xFF\xFF\xFF\xFF");
  EXPECT_EQ(reading(gif, "x"), "limit: x: a GIF picture of 65535 × 65535 pixels, at most 100000000 are read");
  std::string bmp = picture_bytes("rgb24.bmp");
  bmp.replace(18, 8, std::string("\xFF\xFF\xFF\x7F\xFF\xFF\xFF\x7F", 8));
  EXPECT_EQ(reading(bmp, "x"), "limit: x: a BMP picture of 2147483647 × 2147483647 pixels, at most 100000000 are read");
  bmp.replace(18, 8, std::string("\0\0\0\0\x05\0\0\0", 8));
  EXPECT_EQ(reading(bmp, "x"), "corrupt: x: a broken BMP picture: has 0 × 5 pixels");
  std::string jpeg = picture_bytes("colour.jpg");
  const std::size_t frame = jpeg.find("\xFF\xC0");
  jpeg.replace(frame + 5, 4, "\xFF\xDC\xFF\xDC");
  EXPECT_EQ(reading(jpeg, "x"), "limit: x: a JPEG picture of 65500 × 65500 pixels, at most 100000000 are read");
}

TEST(DecodeImage, RefusesAPngWhoseSizeItsBytesCannotFill) {
  std::string png = picture_bytes("rgb8.png");
  png.replace(16, 8, big(9000) + big(9000));
  // CRC-32 of "IHDR" with these sizes, 8 bits, colour type 2.
  png.replace(29, 4, big(0xE2B7E5ED));
  EXPECT_EQ(reading(png, "x"), "corrupt: x: a broken PNG picture: the file is too short for its size");
}

TEST(DecodeImage, KeepsToTheCallersLimits) {
  const std::string png = picture_bytes("rgb8.png");
  EXPECT_EQ(reading(png, "x", {.max_pixels = 23 * 17}), "read");
  EXPECT_EQ(reading(png, "x", {.max_pixels = 23 * 17 - 1}), "limit: x: a PNG picture of 23 × 17 pixels, at most 390 are read");
  EXPECT_EQ(reading(png, "x", {.max_file_bytes = 100}), "limit: x: has " + std::to_string(png.size()) + " bytes, a picture may have 100");
}

TEST(ReadImage, NamesTheFile) {
  testing::expect_error(ErrorCode::not_found, "no/such.png", [] { read_image("no/such.png"); });
  const testing::TemporaryFolder folder;
  std::ofstream(folder.path() / "words.png") << "words";
  testing::expect_error(ErrorCode::unsupported, "words.png: is no picture", [&] { read_image(folder.path() / "words.png"); });
}

TEST(CmykToRgb, MultipliesInkByWhite) {
  std::uint8_t rgb[3];
  const std::uint8_t none[4] = {0, 0, 0, 0}, black[4] = {0, 0, 0, 255}, cyan[4] = {255, 0, 0, 0};
  image::cmyk_to_rgb(none, rgb);
  EXPECT_EQ(rgb[0] + rgb[1] + rgb[2], 3 * 255);
  image::cmyk_to_rgb(black, rgb);
  EXPECT_EQ(rgb[0] + rgb[1] + rgb[2], 0);
  image::cmyk_to_rgb(cyan, rgb);
  EXPECT_EQ(rgb[0], 0);
  EXPECT_EQ(rgb[1], 255);
}

TEST(PackedAt, ReadsTheHighestBitsFirst) {
  const std::uint8_t row[] = {0b10110001, 0b01000000};
  EXPECT_EQ(image::packed_at(row, 0, 1), 1);
  EXPECT_EQ(image::packed_at(row, 1, 1), 0);
  EXPECT_EQ(image::packed_at(row, 9, 1), 1);
  EXPECT_EQ(image::packed_at(row, 0, 2), 2);
  EXPECT_EQ(image::packed_at(row, 3, 2), 1);
  EXPECT_EQ(image::packed_at(row, 1, 4), 1);
  EXPECT_EQ(image::packed_at(row, 1, 8), 0x40);
}

}  // namespace
}  // namespace akin
