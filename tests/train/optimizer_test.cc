#include "akin/train/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "akin/base/rng.h"
#include "base/throws.h"

namespace akin {
namespace {

TEST(RateSchedule, WarmsUpThenFallsAlongACosine) {
  const RateSchedule s{.rate = 1, .last_rate = 0.1, .warmup = 4, .steps = 15};
  EXPECT_DOUBLE_EQ(rate_at(s, 0), 0.25);
  EXPECT_DOUBLE_EQ(rate_at(s, 3), 1);
  EXPECT_DOUBLE_EQ(rate_at(s, 4), 1);
  EXPECT_NEAR(rate_at(s, 9), 0.55, 1e-12);
  EXPECT_NEAR(rate_at(s, 14), 0.1, 1e-12);
  EXPECT_NEAR(rate_at(s, 100), 0.1, 1e-12);
}

Parameters three() {
  Parameters p;
  p.add("matrix", {300, 300});
  p.align();
  p.add("vector", {5});
  p.align();
  p.add("frozen", {4, 4});
  p.freeze("frozen");
  p.allocate();
  Rng rng(1);
  for (float& x : p.values()) x = rng.normal();
  return p;
}

std::vector<float> gradients_of(const Parameters& p) {
  Rng rng(2);
  std::vector<float> g(p.size());
  for (float& x : g) x = rng.normal();
  return g;
}

TEST(AdamW, DecaysMatricesAloneAndLeavesWhatIsFrozen) {
  Parameters p = three();
  const std::vector<float> before(p.values().begin(), p.values().end());
  std::vector<float> none(p.size(), 0.0F);
  Context context(1);
  AdamW adam(p, {.weight_decay = 0.5});
  adam.step(p, none, 0.1, context);
  const auto at = [&](const char* name) { return p.find(name)->offset; };
  EXPECT_NEAR(p.values()[at("matrix") + 7], before[at("matrix") + 7] * 0.95F, 1e-6F);
  EXPECT_EQ(p.values()[at("vector") + 2], before[at("vector") + 2]);
  EXPECT_EQ(p.values()[at("frozen") + 2], before[at("frozen") + 2]);
}

TEST(AdamW, ClipsTheLengthOfAllGradientsTogether) {
  Parameters p = three();
  std::vector<float> g = gradients_of(p);
  double squares = 0;
  for (const Parameter& one : p.list()) {
    for (std::size_t i = 0; !one.is_frozen && i < one.size(); ++i) squares += std::pow(static_cast<double>(g[one.offset + i]), 2);
  }
  Context context(1);
  AdamW adam(p, {.clip = 1});
  EXPECT_NEAR(adam.step(p, g, 0.1, context), std::sqrt(squares), 1e-6 * std::sqrt(squares));  // f32 sums of blocks
  EXPECT_EQ(g, std::vector<float>(p.size(), 0.0F));
  // The first moment is a tenth of the clipped gradient.
  EXPECT_NEAR(std::abs(adam.first_moments()[3]), std::abs(0.1 * static_cast<double>(gradients_of(p)[3]) / std::sqrt(squares)), 1e-8);
}

TEST(AdamW, GivesTheSameBitsOnAnyNumberOfThreads) {
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 2, 5}) {
    Context context(threads);
    Parameters p = three();
    AdamW adam(p, {});
    for (int i = 0; i < 3; ++i) {
      std::vector<float> g = gradients_of(p);
      adam.step(p, g, 0.01, context);
    }
    results.emplace_back(p.values().begin(), p.values().end());
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

TEST(AdamW, RefusesOptionsOutOfRange) {
  testing::expect_error(ErrorCode::invalid_argument, "beta1 and beta2", [] { check(AdamWOptions{.beta1 = 1}); });
  testing::expect_error(ErrorCode::invalid_argument, "eps", [] { check(AdamWOptions{.eps = 0}); });
  testing::expect_error(ErrorCode::invalid_argument, "weight decay", [] { check(AdamWOptions{.weight_decay = -1}); });
  testing::expect_error(ErrorCode::invalid_argument, "clip", [] { check(AdamWOptions{.clip = NAN}); });
}

}  // namespace
}  // namespace akin
