#include "word_sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace akin {
namespace {

constexpr int kDraws = 400000;
// Four standard deviations of a share of kDraws draws, at most: 4 · √(0.25 / 400,000).
constexpr double kNoise = 0.0032;

TEST(NegativeSampler, DrawsByThePowerOfTheCount) {
  const std::vector<std::uint64_t> counts = {1000, 100, 100, 10, 1};
  for (const double exponent : {0.75, 1.0, 0.0, -0.5}) {
    const NegativeSampler sampler(counts, exponent);
    std::vector<int> seen(counts.size(), 0);
    Rng rng(3);
    for (int i = 0; i < kDraws; ++i) ++seen[sampler.draw(rng)];
    double sum = 0;
    for (const std::uint64_t count : counts) sum += std::pow(static_cast<double>(count), exponent);
    for (std::size_t w = 0; w < counts.size(); ++w)
      EXPECT_NEAR(static_cast<double>(seen[w]) / kDraws, std::pow(static_cast<double>(counts[w]), exponent) / sum, kNoise);
  }
}

TEST(NegativeSampler, BitsDrawnAheadAreTheSameDraws) {
  const NegativeSampler sampler(std::vector<std::uint64_t>{1000, 100, 100, 10, 1}, 0.75);
  Rng rng(4), again(4);
  std::vector<std::uint64_t> bits(1000);
  for (std::uint64_t& b : bits) b = sampler.bits(rng);
  for (const std::uint64_t b : bits) EXPECT_EQ(sampler.word(b), sampler.draw(again));
}

TEST(NegativeSampler, OneWordIsAlwaysDrawn) {
  const NegativeSampler sampler(std::vector<std::uint64_t>{7}, 0.75);
  Rng rng(1);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(sampler.draw(rng), 0U);
}

TEST(KeepRule, ThinsOutFrequentWordsOnly) {
  const std::vector<std::uint64_t> counts = {900000, 99990, 10};
  const KeepRule rule(counts, 1e-3);
  Rng rng(5);
  std::vector<int> kept(3, 0);
  for (int i = 0; i < kDraws; ++i)
    for (std::uint32_t w = 0; w < 3; ++w) kept[w] += rule.keeps(w, rng) ? 1 : 0;
  for (std::size_t w = 0; w < 2; ++w) {
    const double ratio = static_cast<double>(counts[w]) / 1e6 / 1e-3;
    EXPECT_NEAR(static_cast<double>(kept[w]) / kDraws, (std::sqrt(ratio) + 1) / ratio, kNoise);
  }
  EXPECT_EQ(kept[2], kDraws);
}

TEST(KeepRule, KeepsAllWithoutASample) {
  const KeepRule rule(std::vector<std::uint64_t>{1000000, 1}, 0);
  Rng rng(5);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(rule.keeps(0, rng));
}

TEST(PickBelow, ReachesAllAndNoMore) {
  Rng rng(2);
  std::vector<int> seen(5, 0);
  for (int i = 0; i < kDraws; ++i) ++seen.at(pick_below(rng, 5));
  for (const int n : seen) EXPECT_NEAR(static_cast<double>(n) / kDraws, 0.2, kNoise);
}

}  // namespace
}  // namespace akin
