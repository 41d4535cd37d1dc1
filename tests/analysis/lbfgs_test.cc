#include "lbfgs.h"

#include <gtest/gtest.h>

#include <cmath>

#include "akin/base/error.h"

namespace akin::analysis {
namespace {

/// Rosenbrock's valley in `x.size()` dimensions: its only minimum near zeros is at ones.
double rosenbrock(std::span<const double> x, std::span<double> gradient) {
  double value = 0;
  std::ranges::fill(gradient, 0.0);
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    const double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
    value += 100 * a * a + b * b;
    gradient[i] += -400 * a * x[i] - 2 * b;
    gradient[i + 1] += 200 * a;
  }
  return value;
}

TEST(Lbfgs, FindsTheEndOfACurvedValley) {
  Context context(1);
  std::vector<double> x = {-1.2, 1, 0.5, -0.3};
  const LbfgsResult found = minimize(rosenbrock, x, {.tolerance = 1e-8}, context);
  EXPECT_TRUE(found.converged);
  EXPECT_LT(found.n_iterations, 100U);
  for (const double value : x) EXPECT_NEAR(value, 1, 1e-7);  // the gradient's tolerance over the least curvature there, about 0.2
}

TEST(Lbfgs, NeedsNoMoreStepsThanSciPyForABadlyScaledBowl) {
  Context context(1);
  std::vector<double> x(50, 1);
  const Objective bowl = [](std::span<const double> at, std::span<double> gradient) {
    double value = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
      const double curvature = std::pow(10.0, static_cast<double>(i) / 12);  // 1 – 10,000
      value += 0.5 * curvature * at[i] * at[i];
      gradient[i] = curvature * at[i];
    }
    return value;
  };
  const LbfgsResult found = minimize(bowl, x, {.tolerance = 1e-6}, context);
  EXPECT_TRUE(found.converged);
  EXPECT_LT(found.n_iterations, 1000U);  // SciPy 1.17: 859
}

TEST(Lbfgs, StaysWhereItIsAtTheMinimum) {
  Context context(1);
  std::vector<double> x = {1, 1};
  const LbfgsResult found = minimize(rosenbrock, x, {}, context);
  EXPECT_TRUE(found.converged);
  EXPECT_EQ(found.n_iterations, 0U);
}

TEST(Lbfgs, EndsWhereAFunctionsDigitsEnd) {
  Context context(1);
  std::vector<double> x = {3};
  const Objective rough = [](std::span<const double> at, std::span<double> gradient) {
    const auto value = static_cast<float>(1 + 0.5 * at[0] * at[0]);       // a float tells no change of 1e-8
    gradient[0] = static_cast<double>(static_cast<float>(at[0])) + 1e-6;  // and its slope is a little off
    return static_cast<double>(value);
  };
  const LbfgsResult found = minimize(rough, x, {.max_iterations = 100, .tolerance = 1e-12}, context);
  EXPECT_LT(found.n_iterations, 100U);
  EXPECT_NEAR(x[0], 0, 1e-3);
}

TEST(Lbfgs, EndsAtItsLastIterationAndWhenItIsCancelled) {
  Context context(1);
  std::vector<double> x = {-1.2, 1};
  const LbfgsResult found = minimize(rosenbrock, x, {.max_iterations = 3}, context);
  EXPECT_EQ(found.n_iterations, 3U);
  EXPECT_FALSE(found.converged);
  context.cancel.cancel();
  EXPECT_THROW(minimize(rosenbrock, x, {}, context), Error);
}

}  // namespace
}  // namespace akin::analysis
