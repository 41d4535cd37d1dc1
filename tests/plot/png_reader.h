// Reads a PNG that png.h wrote, so that tests look at pixels: RGB, 8 bits, filters none and up. Every check sum is proved.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "akin/plot/color.h"

namespace akin::plot {

struct ReadPng {
  std::size_t cols = 0, rows = 0;
  std::uint32_t per_metre = 0;
  std::vector<Color> pixels;
  [[nodiscard]] Color at(std::size_t row, std::size_t col) const { return pixels.at(row * cols + col); }
};

inline std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes.at(at + i));
  return number;
}

inline void unfilter(const std::string& data, ReadPng& png) {
  for (std::size_t r = 0; r < png.rows; ++r) {
    const std::size_t begin = r * (3 * png.cols + 1);
    const bool up = data.at(begin) == 2;
    EXPECT_TRUE(up || data[begin] == 0);
    for (std::size_t c = 0; c < png.cols; ++c) {
      const Color above = up && r > 0 ? png.at(r - 1, c) : Color{};
      const auto channel = [&](std::size_t i, std::uint8_t add) {
        return static_cast<std::uint8_t>(static_cast<unsigned char>(data.at(begin + 1 + 3 * c + i)) + add);
      };
      png.pixels.push_back({channel(0, above.red), channel(1, above.green), channel(2, above.blue)});
    }
  }
}

inline ReadPng read_png(std::string_view bytes) {
  ReadPng png;
  std::string packed;
  EXPECT_EQ(bytes.substr(0, 8), "\x89PNG\r\n\x1A\n");
  for (std::size_t at = 8; at < bytes.size();) {
    const std::size_t size = number_at(bytes, at);
    const std::string_view chunk = bytes.substr(at + 4, size + 4), data = chunk.substr(4);
    EXPECT_EQ(number_at(bytes, at + 8 + size), ::crc32(0, reinterpret_cast<const Bytef*>(chunk.data()), static_cast<uInt>(chunk.size())));
    if (chunk.starts_with("IHDR")) png.cols = number_at(data, 0), png.rows = number_at(data, 4);
    if (chunk.starts_with("pHYs")) png.per_metre = number_at(data, 0);
    if (chunk.starts_with("IDAT")) packed += data;
    at += size + 12;
  }
  uLongf n = png.rows * (3 * png.cols + 1);
  std::string data(n, '\0');
  EXPECT_EQ(::uncompress(reinterpret_cast<Bytef*>(data.data()), &n, reinterpret_cast<const Bytef*>(packed.data()), packed.size()), Z_OK);
  EXPECT_EQ(n, data.size());
  unfilter(data, png);
  return png;
}

}  // namespace akin::plot
