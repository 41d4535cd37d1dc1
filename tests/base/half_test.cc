#include "akin/base/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "akin/base/rng.h"

namespace akin {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// The value of a pattern by the formula of IEEE 754, in long double, which holds all of them exactly.
long double value_of(std::uint32_t bits, int exponent_bits, int fraction_bits) {
  const bool negative = (bits >> (exponent_bits + fraction_bits)) != 0;
  const int exponent = static_cast<int>(bits >> fraction_bits) & ((1 << exponent_bits) - 1);
  const auto fraction = static_cast<long double>(bits & ((1U << fraction_bits) - 1U));
  const int bias = (1 << (exponent_bits - 1)) - 1;
  long double value = 0;
  if (exponent == (1 << exponent_bits) - 1) {
    value = fraction != 0 ? std::numeric_limits<long double>::quiet_NaN() : std::numeric_limits<long double>::infinity();
  } else if (exponent == 0) {
    value = std::ldexp(fraction, 1 - bias - fraction_bits);
  } else {
    value = std::ldexp(fraction + std::ldexp(1.0L, fraction_bits), exponent - bias - fraction_bits);
  }
  return negative ? -value : value;
}

long double value_of(f16 x) { return value_of(x.bits, 5, 10); }
long double value_of(bf16 x) { return value_of(x.bits, 8, 7); }

template <class Half>
void expect_every_pattern_survives(Half (*narrow)(float)) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const Half half{static_cast<std::uint16_t>(bits)};
    const long double wanted = value_of(half);
    const float wide = to_float(half);
    if (std::isnan(wanted)) {
      EXPECT_TRUE(std::isnan(wide)) << bits;
      EXPECT_TRUE(std::isnan(to_float(narrow(wide)))) << bits;
      continue;
    }
    EXPECT_EQ(static_cast<long double>(wide), wanted) << bits;
    EXPECT_EQ(std::signbit(wide), (bits & 0x8000U) != 0) << bits;
    EXPECT_EQ(narrow(wide), half) << bits;
  }
}

/// Between neighbours `low` and `high` everything under the middle goes down, everything over it up, the middle to the even one.
/// The middle of two halves is exact in a float, and so are the floats beside it.
template <class Half>
void expect_rounds_to_nearest_even(Half (*narrow)(float), std::uint16_t largest_finite) {
  for (std::uint16_t bits = 0; bits < largest_finite; ++bits) {
    const Half low{bits};
    const Half high{static_cast<std::uint16_t>(bits + 1)};
    const auto middle = static_cast<float>((value_of(low) + value_of(high)) / 2);
    const Half even = (bits & 1U) == 0 ? low : high;
    ASSERT_EQ(narrow(middle), even) << bits;
    ASSERT_EQ(narrow(std::nextafter(middle, 0.0F)), low) << bits;
    ASSERT_EQ(narrow(std::nextafter(middle, kInfinity)), high) << bits;
    ASSERT_EQ(narrow(-middle).bits, even.bits | 0x8000U) << bits;
  }
}

TEST(F16, EveryPatternHasItsIeeeValueAndSurvivesTheRoundTrip) { expect_every_pattern_survives<f16>(to_f16); }
TEST(Bf16, EveryPatternHasItsIeeeValueAndSurvivesTheRoundTrip) { expect_every_pattern_survives<bf16>(to_bf16); }
TEST(F16, RoundsToNearestAndTiesToEven) { expect_rounds_to_nearest_even<f16>(to_f16, 0x7BFF); }
TEST(Bf16, RoundsToNearestAndTiesToEven) { expect_rounds_to_nearest_even<bf16>(to_bf16, 0x7F7F); }

TEST(F16, TooLargeBecomesInfinityFromTheMiddleToTheNextPowerOn) {
  EXPECT_EQ(to_f16(65504.0F).bits, 0x7BFF);
  EXPECT_EQ(to_f16(std::nextafter(65520.0F, 0.0F)).bits, 0x7BFF);
  EXPECT_EQ(to_f16(65520.0F).bits, 0x7C00);
  EXPECT_EQ(to_f16(-65520.0F).bits, 0xFC00);
  EXPECT_EQ(to_f16(std::numeric_limits<float>::max()).bits, 0x7C00);
  EXPECT_EQ(to_f16(kInfinity).bits, 0x7C00);
}

TEST(Bf16, TooLargeBecomesInfinity) {
  EXPECT_EQ(to_bf16(std::numeric_limits<float>::max()).bits, 0x7F80);
  EXPECT_EQ(to_bf16(-kInfinity).bits, 0xFF80);
}

TEST(F16, TinyNumbersBecomeZeroOfTheirSign) {
  EXPECT_EQ(to_f16(0x1p-25F).bits, 0x0000);  // half the least subnormal: a tie to the even zero
  EXPECT_EQ(to_f16(std::nextafter(0x1p-25F, 1.0F)).bits, 0x0001);
  EXPECT_EQ(to_f16(-std::numeric_limits<float>::denorm_min()).bits, 0x8000);
}

TEST(Halves, ANanWhosePayloadWouldBeCutOffStaysNan) {
  const float nan = std::bit_cast<float>(0x7F800001U);
  EXPECT_TRUE(std::isnan(to_float(to_f16(nan))));
  EXPECT_TRUE(std::isnan(to_float(to_bf16(nan))));
}

TEST(Halves, OrderIsKeptForRandomFloats) {
  Rng rng(1);
  for (int i = 0; i < 200000; ++i) {
    const float a = std::bit_cast<float>(static_cast<std::uint32_t>(rng.next()));
    const float b = std::bit_cast<float>(static_cast<std::uint32_t>(rng.next()));
    if (std::isnan(a) || std::isnan(b)) continue;
    ASSERT_LE(to_float(to_f16(std::min(a, b))), to_float(to_f16(std::max(a, b)))) << a << " " << b;
    ASSERT_LE(to_float(to_bf16(std::min(a, b))), to_float(to_bf16(std::max(a, b)))) << a << " " << b;
  }
}

}  // namespace
}  // namespace akin
