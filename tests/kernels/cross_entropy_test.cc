#include "akin/kernels/cross_entropy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "akin/kernels/reference.h"
#include "row_cases.h"

namespace akin::kernels {
namespace {

TEST(CrossEntropy, IsMinusTheLogarithmOfTheTargetsShare) {
  for_each_row(4.0F, [](std::string_view target, std::span<float> x) {
    if (x.empty()) return;
    const std::size_t chosen = x.size() / 3;
    const std::vector<double> share = reference::softmax(to_double(x));
    // A float sum of n exponentials: 1e-6 of it, and the logarithm makes that absolute.
    const double want = -std::log(share[chosen]);
    ASSERT_NEAR(cross_entropy(std::span<const float>(x), chosen), want, 2e-6 + 1e-7 * want) << target;
    std::vector<float> scores(x.begin(), x.end());
    ASSERT_EQ(cross_entropy(scores, chosen, 0.25F), cross_entropy(std::span<const float>(x), chosen)) << target;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      ASSERT_NEAR(static_cast<double>(scores[i]), 0.25 * (share[i] - (i == chosen ? 1 : 0)), 1e-6) << target;
    }
  });
}

TEST(CrossEntropy, HoldsForScoresFarApart) {
  for_each_target([](std::string_view target) {
    std::vector<float> scores = {1000, -1000, 0};
    // e^0 is 1 to a rounding or two of f32.
    EXPECT_NEAR(cross_entropy(std::span<const float>(scores), 0), 0.0, 2.5e-7) << target;
    EXPECT_NEAR(cross_entropy(scores, 1, 1.0F), 2000.0, 2.5e-7) << target;
    EXPECT_NEAR(scores[0], 1.0F, 2.5e-7) << target;
    EXPECT_EQ(scores[1], -1.0F) << target;
  });
}

}  // namespace
}  // namespace akin::kernels
