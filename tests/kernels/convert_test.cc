#include "akin/kernels/convert.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "row_cases.h"

namespace akin::kernels {
namespace {

TEST(Convert, HalvesEqualTheScalarConversionsBitForBit) {
  for_each_row(1.0F, [](std::string_view target, std::span<float> x) {
    // From the smallest subnormal of binary16 to past its largest number.
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::ldexp(x[i], static_cast<int>(i % 44) - 26);
    std::vector<f16> half(x.size());
    std::vector<bf16> brain(x.size());
    std::vector<float> back(x.size());
    convert(x, half);
    convert(x, brain);
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_EQ(half[i].bits, to_f16(x[i]).bits) << target << ' ' << x[i];
      ASSERT_EQ(brain[i].bits, to_bf16(x[i]).bits) << target << ' ' << x[i];
    }
    convert(std::span<const f16>(half), back);
    for (std::size_t i = 0; i < x.size(); ++i) ASSERT_EQ(back[i], to_float(half[i])) << target;
    convert(std::span<const bf16>(brain), back);
    for (std::size_t i = 0; i < x.size(); ++i) ASSERT_EQ(back[i], to_float(brain[i])) << target;
  });
}

TEST(Convert, EveryBinary16BecomesTheFloatItIs) {
  std::vector<f16> all(65536);
  for (std::size_t i = 0; i < all.size(); ++i) all[i].bits = static_cast<std::uint16_t>(i);
  for_each_target([&](std::string_view target) {
    std::vector<float> out(all.size());
    convert(std::span<const f16>(all), out);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const float want = to_float(all[i]);
      ASSERT_TRUE(std::isnan(want) ? std::isnan(out[i]) : std::bit_cast<std::uint32_t>(out[i]) == std::bit_cast<std::uint32_t>(want))
          << target << ' ' << i;
    }
  });
}

TEST(Convert, KeepsNanAndInfinity) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<float> x(19, std::numeric_limits<float>::quiet_NaN()), infinite(19, -kInfinity);
  for_each_target([&](std::string_view target) {
    std::vector<f16> half(19);
    std::vector<bf16> brain(19);
    convert(x, half);
    convert(x, brain);
    for (std::size_t i = 0; i < 19; ++i) EXPECT_TRUE(std::isnan(to_float(half[i])) && std::isnan(to_float(brain[i]))) << target;
    convert(infinite, half);
    convert(infinite, brain);
    for (std::size_t i = 0; i < 19; ++i) EXPECT_TRUE(to_float(half[i]) == -kInfinity && to_float(brain[i]) == -kInfinity) << target;
  });
}

TEST(Convert, EightBitsAreWithinHalfAStep) {
  for_each_row(2.0F, [](std::string_view target, std::span<float> x) {
    std::vector<std::int8_t> bytes(x.size());
    std::vector<float> back(x.size());
    const float scale = quantize_row(x, bytes);
    dequantize_row(bytes, scale, back);
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_LE(std::abs(back[i] - x[i]), scale * 0.5001F) << target;
      ASSERT_GE(bytes[i], -127) << target;
    }
  });
}

TEST(Convert, EightBitsOfZerosAreZerosAndInfinityShowsInTheScale) {
  for_each_target([](std::string_view target) {
    std::vector<std::int8_t> bytes(21, 1);
    EXPECT_EQ(quantize_row(std::vector<float>(21, 0.0F), bytes), 0.0F) << target;
    EXPECT_EQ(bytes, std::vector<std::int8_t>(21, 0)) << target;
    EXPECT_TRUE(std::isinf(quantize_row(std::vector<float>(21, std::numeric_limits<float>::infinity()), bytes))) << target;
    // The least subnormal has no scale that a float can hold: it becomes 0.
    quantize_row(std::vector<float>(21, 1e-45F), bytes);
    EXPECT_EQ(bytes, std::vector<std::int8_t>(21, 0)) << target;
  });
}

TEST(Convert, ReadsQ80Blocks) {
  std::vector<std::byte> blocks(3 * 34);
  std::vector<float> want(96);
  for (std::size_t b = 0; b < 3; ++b) {
    const f16 scale = to_f16(0.01F * static_cast<float>(b + 1));
    std::memcpy(blocks.data() + b * 34, &scale, 2);
    for (std::size_t i = 0; i < 32; ++i) {
      const auto number = static_cast<std::int8_t>(static_cast<int>(i * 8) - 128);
      blocks[b * 34 + 2 + i] = static_cast<std::byte>(number);
      want[b * 32 + i] = to_float(scale) * static_cast<float>(number);
    }
  }
  for_each_target([&](std::string_view target) {
    std::vector<float> out(96);
    dequantize_q8_0(blocks, out);
    EXPECT_EQ(out, want) << target;
  });
}

}  // namespace
}  // namespace akin::kernels
