#include "akin/base/rng.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <set>
#include <vector>

namespace akin {
namespace {

std::vector<std::uint64_t> first(Rng rng, std::size_t n) {
  std::vector<std::uint64_t> values(n);
  for (auto& value : values) value = rng.next();
  return values;
}

// The algorithms of prng.di.unimi.it (xoshiro256starstar.c seeded by splitmix64.c), computed with integers of unbounded size in Python.
TEST(Rng, GivesTheNumbersOfThePublishedAlgorithm) {
  EXPECT_EQ(first(Rng(0U), 4),
            (std::vector<std::uint64_t>{0x99ec5f36cb75f2b4U, 0xbf6e1f784956452aU, 0x1a5f849d4933e6e0U, 0x6aa594f1262d2d2cU}));
  EXPECT_EQ(first(Rng(42U), 4),
            (std::vector<std::uint64_t>{0x15780b2e0c2ec716U, 0x6104d9866d113a7eU, 0xae17533239e499a1U, 0xecb8ad4703b360a1U}));
  EXPECT_EQ(first(Rng(18446744073709551615U), 4),
            (std::vector<std::uint64_t>{0x8f5520d52a7ead08U, 0xc476a018caa1802dU, 0x81de31c0d260469eU, 0xbf658d7e065f3c2fU}));
}

TEST(Rng, IsTheSameForTheSameSeedOnly) {
  EXPECT_EQ(first(Rng(7), 100), first(Rng(7), 100));
  EXPECT_NE(first(Rng(7), 100), first(Rng(8), 100));
}

TEST(Rng, ForksDependOnSeedAndStreamNotOnThePlaceInTheParent) {
  Rng parent(3);
  const auto before = first(parent.fork(5), 10);
  parent.next();
  EXPECT_EQ(first(parent.fork(5), 10), before);
}

TEST(Rng, ForksOfForksAreAllDifferent) {
  const Rng root(42);
  std::set<std::uint64_t> starts = {first(root, 1)[0]};
  for (std::uint64_t a = 0; a < 100; ++a) {
    starts.insert(first(root.fork(a), 1)[0]);
    for (std::uint64_t b = 0; b < 100; ++b) starts.insert(first(root.fork(a).fork(b), 1)[0]);
  }
  EXPECT_EQ(starts.size(), 1U + 100U + 10000U);
}

// Bits of two independent streams agree in half the places: 64,000 of 128,000, with a standard deviation of 179.
TEST(Rng, NeighbouringForksAgreeInHalfTheirBits) {
  for (std::uint64_t stream = 0; stream < 20; ++stream) {
    const auto a = first(Rng(1).fork(stream), 2000);
    const auto b = first(Rng(1).fork(stream + 1), 2000);
    int agreeing = 0;
    for (std::size_t i = 0; i < a.size(); ++i) agreeing += 64 - std::popcount(a[i] ^ b[i]);
    EXPECT_NEAR(agreeing, 64000, 6 * 179) << stream;
  }
}

TEST(Rng, BelowStaysUnderTheBoundAndReachesEveryValue) {
  Rng rng(11);
  for (const std::uint64_t bound : {1U, 2U, 3U, 7U, 64U}) {
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 2000; ++i) seen.insert(rng.below(bound));
    EXPECT_EQ(seen.size(), bound);
    EXPECT_LT(*seen.rbegin(), bound);
  }
}

// With a bound of 3/4 of 2^64 a plain remainder would give the lowest third twice as often as the others.
TEST(Rng, BelowIsNotBiasedForBoundsThatDoNotDivideTwoTo64) {
  Rng rng(12);
  const std::uint64_t third = std::uint64_t{1} << 62;
  std::array<int, 3> counts{};
  for (int i = 0; i < 30000; ++i) ++counts[rng.below(3 * third) / third];
  for (const int count : counts) EXPECT_NEAR(count, 10000, 6 * 82);  // the standard deviation is sqrt(30000 · 1/3 · 2/3)
}

TEST(Rng, UniformIsInTheHalfOpenUnitIntervalWithTheRightMeanAndVariance) {
  Rng rng(13);
  double sum = 0;
  double squares = 0;
  constexpr int kN = 100000;
  for (int i = 0; i < kN; ++i) {
    const float value = rng.uniform();
    ASSERT_GE(value, 0.0F);
    ASSERT_LT(value, 1.0F);
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  EXPECT_NEAR(sum / kN, 0.5, 6 * 0.2887 / std::sqrt(kN));
  EXPECT_NEAR(squares / kN, 1.0 / 3, 6 * 0.2981 / std::sqrt(kN));
}

TEST(Rng, NormalHasMeanZeroVarianceOneAndNoSkew) {
  Rng rng(14);
  std::array<double, 4> moments{};
  constexpr int kN = 100000;
  for (int i = 0; i < kN; ++i) {
    const double value = rng.normal();
    ASSERT_TRUE(std::isfinite(value));
    for (int power = 1; power <= 4; ++power) moments[static_cast<std::size_t>(power - 1)] += std::pow(value, power) / kN;
  }
  // Six standard deviations of the mean of the first, second, third and fourth powers of a normal value: sqrt(1, 2, 15, 96 / n).
  EXPECT_NEAR(moments[0], 0, 6 * std::sqrt(1.0 / kN));
  EXPECT_NEAR(moments[1], 1, 6 * std::sqrt(2.0 / kN));
  EXPECT_NEAR(moments[2], 0, 6 * std::sqrt(15.0 / kN));
  EXPECT_NEAR(moments[3], 3, 6 * std::sqrt(96.0 / kN));
}

}  // namespace
}  // namespace akin
