#include "akin/kernels/softmax.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "akin/kernels/reference.h"
#include "row_cases.h"

namespace akin::kernels {
namespace {

TEST(Softmax, EqualsTheReferenceForEverySizeAndMisalignment) {
  for_each_row(5.0F, [](std::string_view target, std::span<float> x) {
    std::vector<float> y(x.begin(), x.end());
    softmax(y);
    const std::vector<double> want = reference::softmax(to_double(x));
    // The contract of softmax.h: an exponential is good to some 3e-7, and the sum of n of them rounds.
    const double room = 1e-6 * std::sqrt(static_cast<double>(x.size()) + 1);
    for (std::size_t i = 0; i < y.size(); ++i) ASSERT_NEAR(static_cast<double>(y[i]), want[i], want[i] * room + 1e-37) << target;
  });
}

TEST(Softmax, GivesZeroToMinusInfinityAndZerosToARowOfIt) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for_each_target([](std::string_view target) {
    std::vector<float> some = {-kInfinity, 0.0F, -kInfinity, 0.0F}, all(37, -kInfinity);
    softmax(some);
    EXPECT_EQ(some, (std::vector<float>{0.0F, 0.5F, 0.0F, 0.5F})) << target;
    softmax(all);
    EXPECT_EQ(all, std::vector<float>(37, 0.0F)) << target;
  });
}

TEST(Softmax, DoesNotOverflow) {
  for_each_target([](std::string_view target) {
    std::vector<float> x = {1e38F, -1e38F, 1e38F};
    softmax(x);
    EXPECT_EQ(x, (std::vector<float>{0.5F, 0.0F, 0.5F})) << target;
  });
}

}  // namespace
}  // namespace akin::kernels
