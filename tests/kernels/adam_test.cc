#include "akin/kernels/adam.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

struct Numbers {
  double x, m = 0, v = 0;
};

/// The paper's algorithm 2 in double.
void step_of_the_paper(int t, double lr, double decay, double g, Numbers& n) {
  n.m = 0.9 * n.m + 0.1 * g;
  n.v = 0.95 * n.v + 0.05 * g * g;
  const double m = n.m / (1 - std::pow(0.9, t)), v = n.v / (1 - std::pow(0.95, t));
  n.x = n.x - lr * decay * n.x - lr * m / (std::sqrt(v) + 1e-8);
}

AdamStep step_at(int t, double lr, double decay) {
  AdamStep step;
  step.rate = static_cast<float>(lr / (1 - std::pow(0.9, t)));
  step.root_correction = static_cast<float>(1 / std::sqrt(1 - std::pow(0.95, t)));
  step.decay = static_cast<float>(lr * decay);
  step.beta2 = 0.95F;
  step.gradient_scale = 0.5F;
  return step;
}

TEST(Adam, FollowsThePaperOverManySteps) {
  for_each_target([](std::string_view target) {
    for (const std::size_t n : {1U, 15U, 16U, 50U}) {
      Rng rng(n);
      std::vector<float> x(n), m(n), v(n), g(n);
      std::vector<Numbers> want(n);
      for (std::size_t i = 0; i < n; ++i) want[i].x = static_cast<double>(x[i] = rng.normal());
      for (int t = 1; t <= 20; ++t) {
        for (float& gradient : g) gradient = rng.normal();
        adam_update(step_at(t, 0.01, 0.1), g, {x, m, v});
        for (std::size_t i = 0; i < n; ++i) step_of_the_paper(t, 0.01, 0.1, 0.5 * static_cast<double>(g[i]), want[i]);
      }
      // 20 steps of 0.01, each a few roundings of f32 off.
      for (std::size_t i = 0; i < n; ++i) ASSERT_NEAR(static_cast<double>(x[i]), want[i].x, 2e-6) << target;
    }
  });
}

TEST(SumOfSquares, IsThatOfTheNumbers) {
  for_each_target([](std::string_view target) {
    for (const std::size_t n : {0U, 3U, 1024U, 5000U}) {
      Rng rng(n);
      std::vector<float> x(n);
      double want = 0;
      for (float& value : x) {
        value = rng.normal();
        want += static_cast<double>(value) * static_cast<double>(value);
      }
      EXPECT_NEAR(sum_of_squares(x), want, 1e-6 * want) << target;  // blocks of 1,024 squares in float
    }
  });
}

}  // namespace
}  // namespace akin::kernels
