#include "png.h"

#include <gtest/gtest.h>

#include "base/throws.h"
#include "png_reader.h"

namespace akin::plot {
namespace {

using akin::testing::expect_error;

TEST(Png, HoldsThePixelsItWasGiven) {
  std::vector<Color> pixels;
  for (std::size_t i = 0; i < 7 * 5; ++i)
    pixels.push_back({static_cast<std::uint8_t>(i * 37), static_cast<std::uint8_t>(255 - i), static_cast<std::uint8_t>(i * i)});
  const ReadPng png = read_png(png_bytes(pixels, 7, 5, 5669));
  EXPECT_EQ(png.cols, 7U);
  EXPECT_EQ(png.rows, 5U);
  EXPECT_EQ(png.per_metre, 5669U);
  EXPECT_EQ(png.pixels, pixels);
}

TEST(Png, EndsAsTheFormatWants) {
  const std::vector<Color> pixel = {{1, 2, 3}};
  EXPECT_TRUE(png_bytes(pixel, 1, 1).ends_with(std::string_view("\0\0\0\0IEND\xAE\x42\x60\x82", 12)));
}

TEST(Png, RefusesSidesThatDisagree) {
  const std::vector<Color> pixels(6);
  expect_error(ErrorCode::invalid_argument, "a colour for each", [&] { (void)png_bytes(pixels, 4, 2); });
  expect_error(ErrorCode::invalid_argument, "a colour for each", [&] { (void)png_bytes({}, 0, 0); });
}

}  // namespace
}  // namespace akin::plot
