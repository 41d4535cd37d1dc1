#include "akin/kernels/double_sums.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

TEST(DoubleSums, AreThoseOfThePlainLoopOnEveryTarget) {
  for_each_target([](std::string_view target) {
    for (std::size_t n = 0; n < 40; ++n) {
      for (const double factor : {1.0, -1.0}) {
        Rng rng(n);
        std::vector<float> x(n + 1);
        std::vector<double> sums(n + 1, 1e9), wanted(n + 1, 1e9);
        for (std::size_t i = 1; i <= n; ++i) {
          x[i] = rng.normal();
          wanted[i] += factor * static_cast<double>(x[i]);
        }
        add_to_sums(std::span<const float>(x).subspan(1), factor, std::span(sums).subspan(1));  // at an odd address
        EXPECT_EQ(sums, wanted) << target << " " << n;
      }
    }
  });
}

TEST(DoubleSums, KeepWhatFloatsWouldLose) {
  const std::vector<float> one = {1};
  std::vector<double> sum = {16777216};
  add_to_sums(one, 1, sum);
  EXPECT_EQ(sum[0], 16777217);
}

}  // namespace
}  // namespace akin::kernels
