// The small pictures of tests/golden/images, and what PIL reads in them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "akin/base/mapped_file.h"
#include "akin/image/image.h"
#include "golden_files.h"

namespace akin::testing {

inline std::string picture_bytes(const std::string& name) { return read_file(golden::path("images/" + name), std::size_t{1} << 20); }

inline std::span<const std::byte> as_bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

/// Of one ending, sorted; of all kinds with "".
inline std::vector<std::string> pictures(const std::string& ending = "") {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(golden::path("images"))) {
    const std::string name = entry.path().filename().string(), own = entry.path().extension().string();
    if (own != ".ppm" && own != ".py" && own != ".safetensors" && (ending.empty() || own == ending)) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

/// A PPM ("P6") as written by make_images.py.
inline Image read_ppm(const std::string& bytes) {
  std::istringstream in(bytes);
  std::string magic;
  std::size_t width = 0, height = 0, most = 0;
  in >> magic >> width >> height >> most;
  Image image{Matrix<std::uint8_t>(height, 3 * width)};
  const std::string pixels = bytes.substr(static_cast<std::size_t>(in.tellg()) + 1);
  EXPECT_EQ(pixels.size(), image.rows.size());
  std::copy_n(pixels.begin(), std::min(pixels.size(), image.rows.size()), image.rows.data());
  return image;
}

/// "equal", or where the first difference is.
inline std::string compare(const Image& got, const Image& want) {
  if (got.width() != want.width() || got.height() != want.height()) {
    return "a picture of " + std::to_string(got.width()) + " x " + std::to_string(got.height());
  }
  std::size_t n_different = 0;
  std::string first;
  for (std::size_t i = 0; i < got.rows.size(); ++i) {
    const int a = got.rows.data()[i], b = want.rows.data()[i];
    if (a == b) continue;
    if (n_different++ == 0) {
      first = "first at x " + std::to_string(i / 3 % got.width()) + ", y " + std::to_string(i / 3 / got.width()) + ", channel " +
              std::to_string(i % 3) + ": " + std::to_string(a) + " for " + std::to_string(b);
    }
  }
  return n_different == 0 ? "equal" : std::to_string(n_different) + " numbers differ, " + first;
}

/// What decoding says: "read", or the code and the one line of its Error.
inline std::string reading(const std::string& bytes, const std::string& name, const ImageLimits& limits = {}) {
  try {
    const Image image = decode_image(as_bytes(bytes), name, limits);
    EXPECT_GT(image.width() * image.height(), 0U);
  } catch (const Error& error) {
    return std::string(name_of(error.code())) + ": " + error.what();
  }
  return "read";
}

/// Every picture of that ending is read as PIL reads it.
inline void expect_as_pil(const std::string& ending, std::size_t n_at_least) {
  const std::vector<std::string> names = pictures(ending);
  EXPECT_GE(names.size(), n_at_least);
  for (const std::string& name : names) {
    EXPECT_EQ(compare(decode_image(as_bytes(picture_bytes(name)), name), read_ppm(picture_bytes(name + ".ppm"))), "equal") << name;
  }
}

/// Whatever its end or a byte in it is, a picture is read or refused with an Error that names it.
inline void expect_safe(const std::string& name) {
  const std::string bytes = picture_bytes(name);
  const auto try_one = [&](const std::string& spoilt) {
    const std::string said = reading(spoilt, name, {.max_pixels = 1 << 20});
    EXPECT_TRUE(said == "read" || said.find(": " + name + ": ") != said.npos) << said;
  };
  const std::size_t step = std::max<std::size_t>(1, bytes.size() / 400);
  for (std::size_t n = 0; n < bytes.size(); n += step) try_one(bytes.substr(0, n));
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    for (const int flip : {0x01, 0x80, 0xFF}) {
      std::string spoilt = bytes;
      spoilt[at] = static_cast<char>(spoilt[at] ^ flip);
      try_one(spoilt);
    }
  }
}

}  // namespace akin::testing
