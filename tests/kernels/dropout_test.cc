#include "akin/kernels/dropout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

std::vector<float> mask(float probability, std::uint64_t key, std::uint64_t row, std::size_t n) {
  std::vector<float> x(n, 1.0F);
  drop({probability, key}, row, x);
  return x;
}

TEST(Dropout, ZeroesTheShareItIsToldAndScalesTheRest) {
  for (const float p : {0.1F, 0.5F, 0.9F}) {
    std::size_t zeros = 0;
    for (std::uint64_t row = 0; row < 100; ++row) {
      for (const float x : mask(p, 7, row, 1000)) {
        if (x == 0) {
          ++zeros;
        } else {
          ASSERT_EQ(x, 1 / (1 - p));
        }
      }
    }
    // Of 100,000 draws the share is within five standard deviations.
    const auto share = static_cast<double>(p);
    EXPECT_NEAR(static_cast<double>(zeros) / 1e5, share, 5 * std::sqrt(share * (1 - share) / 1e5));
  }
}

TEST(Dropout, IsTheSameOnEveryTargetAndInEverySpanFromTheFirst) {
  std::vector<float> first;
  for_each_target([&](std::string_view target) {
    const std::vector<float> x = mask(0.3F, 42, 5, 77);
    if (first.empty()) first = x;
    EXPECT_EQ(x, first) << target;
    EXPECT_EQ(mask(0.3F, 42, 5, 30), std::vector<float>(first.begin(), first.begin() + 30)) << target;
  });
}

TEST(Dropout, OfOtherRowsAndKeysIsAnother) {
  EXPECT_NE(mask(0.5F, 1, 0, 64), mask(0.5F, 1, 1, 64));
  EXPECT_NE(mask(0.5F, 1, 0, 64), mask(0.5F, 2, 0, 64));
  // Neighbouring rows agree in about half of the places, as independent ones do.
  std::size_t equal = 0;
  for (std::uint64_t row = 0; row < 100; ++row) {
    const std::vector<float> a = mask(0.5F, 1, row, 1000), b = mask(0.5F, 1, row + 1, 1000);
    for (std::size_t i = 0; i < 1000; ++i) equal += a[i] == b[i] ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(equal) / 1e5, 0.5, 5 * std::sqrt(0.25 / 1e5));
}

TEST(Dropout, OfZeroChangesNothing) { EXPECT_EQ(mask(0, 1, 0, 20), std::vector<float>(20, 1.0F)); }

}  // namespace
}  // namespace akin::kernels
