// Hits that repeat each other stand back for others.
#include "mmr.h"

#include <gtest/gtest.h>

#include "akin/base/rng.h"

namespace akin::retrieval {
namespace {

using Order = std::vector<std::size_t>;

TEST(Mmr, TakesAnotherBeforeARepetition) {
  const std::vector<Candidate> candidates = {{0.9, {1, 0}}, {0.89, {1, 0.01F}}, {0.5, {0, 1}}, {0.1, {0, 1}}};
  EXPECT_EQ(diverse_order(candidates, 4, 0.5), (Order{0, 2, 1, 3}));
  EXPECT_EQ(diverse_order(candidates, 2, 0.5), (Order{0, 2}));
  EXPECT_EQ(diverse_order(candidates, 4, 1), (Order{0, 1, 2, 3}));
}

TEST(Mmr, CountsScoresByWhereTheyLieAmongAll) {
  // The same candidates on three scales: cosines, BM25, fused ranks.
  for (const double scale : {1.0, 40.0, 0.001}) {
    const std::vector<Candidate> candidates = {
        {1 * scale, {1, 0}}, {0.99 * scale, {1, 0}}, {0.6 * scale, {0, 1}}, {0.2 * scale, {0.5F, 0.5F}}};
    EXPECT_EQ(diverse_order(candidates, 4, 0.6), (Order{0, 2, 1, 3})) << scale;
  }
}

TEST(Mmr, KeepsTheOrderOfEqualOnes) {
  const std::vector<Candidate> candidates = {{1, {1, 0}}, {1, {1, 0}}, {1, {1, 0}}};
  EXPECT_EQ(diverse_order(candidates, 3, 0.5), (Order{0, 1, 2}));
}

TEST(Mmr, TakesVectorsThatAreMissingOrZeroForUnlikeAll) {
  const std::vector<Candidate> candidates = {{1, {1, 0}}, {0.9, {}}, {0.8, {0, 0}}, {0.7, {1, 0}}};
  EXPECT_EQ(diverse_order(candidates, 4, 0.5), (Order{0, 1, 2, 3}));
}

TEST(Mmr, TakesAllThereAreAndNoneTwice) {
  EXPECT_EQ(diverse_order({}, 3, 0.5), Order{});
  Rng rng(2);
  std::vector<Candidate> candidates;
  for (int i = 0; i < 60; ++i) candidates.push_back({rng.normal(), {rng.normal(), rng.normal(), rng.normal()}});
  Order order = diverse_order(candidates, 100, 0.3);
  ASSERT_EQ(order.size(), 60U);
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i);
}

}  // namespace
}  // namespace akin::retrieval
