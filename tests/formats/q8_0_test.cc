#include "akin/formats/q8_0.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "base/throws.h"
#include "formats/mangle.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::file_text;

const std::string kFolder = AKIN_GOLDEN "/formats/";

std::vector<float> golden_floats() {
  const std::string text = file_text(kFolder + "q8_0.f32");
  std::vector<float> out(text.size() / sizeof(float));
  std::memcpy(out.data(), text.data(), text.size());
  return out;
}

std::vector<std::byte> packed(const std::vector<float>& in) {
  std::vector<std::byte> out(in.size() / kQ8BlockSize * kQ8BlockBytes);
  quantize_q8_0(in, out);
  return out;
}

TEST(Q8, WritesTheBytesOfTheReference) {
  const std::vector<float> in = golden_floats();
  ASSERT_EQ(in.size(), 6U * 64U);
  const std::string expected = file_text(kFolder + "q8_0.bytes");
  const auto out = packed(in);
  ASSERT_EQ(out.size(), expected.size());
  EXPECT_EQ(std::memcmp(out.data(), expected.data(), out.size()), 0);
}

TEST(Q8, ComesBackWithinHalfAStep) {
  const std::vector<float> in = golden_floats();
  const auto bytes = packed(in);
  std::vector<float> out(in.size());
  dequantize_q8_0(bytes, out);
  for (std::size_t block = 0; block < in.size(); block += kQ8BlockSize) {
    float largest = 0;
    for (std::size_t i = 0; i < kQ8BlockSize; ++i) largest = std::max(largest, std::fabs(in[block + i]));
    // Half a step of the scale, plus the scale's own rounding to binary16: 2^-11 of the value, or half of 2^-24 a unit when subnormal.
    const float allowed = largest / 254 + largest * 0x1p-11F + 127 * 0x1p-25F;
    for (std::size_t i = 0; i < kQ8BlockSize; ++i) EXPECT_LE(std::fabs(in[block + i] - out[block + i]), allowed * 1.0001F);
  }
}

TEST(Q8, KeepsZerosAndTheSmallestNumbersAsZeros) {
  std::vector<float> in(32, 0.0F);
  in[3] = std::numeric_limits<float>::denorm_min();
  std::vector<float> out(32, 1.0F);
  dequantize_q8_0(packed(in), out);
  for (const float x : out) EXPECT_EQ(x, 0.0F);
}

TEST(Q8, RefusesWhatItCannotHold) {
  for (const float bad : {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                          std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::max()}) {
    std::vector<float> in(32, 1.0F);
    in[31] = bad;
    expect_error(ErrorCode::invalid_argument, "Q8_0", [&] { packed(in); });
  }
}

TEST(Q8, RefusesBuffersOfOtherSizes) {
  std::vector<float> floats(33);
  std::vector<std::byte> bytes(34);
  expect_error(ErrorCode::invalid_argument, "multiple of 32", [&] { quantize_q8_0(floats, bytes); });
  floats.resize(64);
  expect_error(ErrorCode::invalid_argument, "34 bytes", [&] { quantize_q8_0(floats, bytes); });
  expect_error(ErrorCode::invalid_argument, "34 bytes", [&] { dequantize_q8_0(bytes, floats); });
}

}  // namespace
}  // namespace akin
