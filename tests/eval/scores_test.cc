// Scores against figures worked out by hand, and by scipy 1.17 where it says so.
#include "akin/eval/scores.h"

#include <gtest/gtest.h>

#include <cmath>

#include "akin/base/error.h"

namespace akin {
namespace {

using Doubles = std::vector<double>;
using Ranking = std::vector<std::uint64_t>;

TEST(Scores, RankEqualValuesByTheMeanOfTheirPlaces) {
  EXPECT_EQ(ranks_of(Doubles{10, 20, 20, 5}), (Doubles{2, 3.5, 3.5, 1}));
  EXPECT_EQ(ranks_of(Doubles{1, 1, 1}), (Doubles{2, 2, 2}));
  EXPECT_TRUE(ranks_of(Doubles{}).empty());
}

TEST(Scores, CorrelateAsScipyDoes) {
  const Doubles x = {0.1, 0.4, 0.35, 0.8, 0.8, 0.2}, y = {1, 2, 2.5, 4.8, 3, 1};
  EXPECT_NEAR(pearson(x, y), 0.893991905797, 1e-12);
  EXPECT_NEAR(spearman(x, y), 0.911764705882, 1e-12);
}

TEST(Scores, CorrelateFullyWhateverTheScale) {
  const Doubles x = {1, 2, 3, 4}, squares = {1, 4, 9, 16}, falling = {8, 6, 4, 2};
  EXPECT_DOUBLE_EQ(spearman(x, squares), 1);
  EXPECT_LT(pearson(x, squares), 1);
  EXPECT_DOUBLE_EQ(pearson(x, falling), -1);
}

TEST(Scores, HaveNoCorrelationWithWhatDoesNotVary) {
  const Doubles x = {1, 2, 3}, same = {5, 5, 5};
  EXPECT_TRUE(std::isnan(pearson(x, same)));
  EXPECT_TRUE(std::isnan(spearman(same, x)));
}

TEST(Scores, RefuseSidesThatDoNotMatch) {
  const Doubles x = {1, 2, 3}, two = {1, 2}, one = {1};
  EXPECT_THROW(pearson(x, two), Error);
  EXPECT_THROW(spearman(one, one), Error);
}

TEST(Scores, GiveTheDiscountedGainOfARanking) {
  const RelevantRows relevant = {3, 5, 9};
  const double ideal = 1 + 1 / std::log2(3) + 0.5;
  EXPECT_DOUBLE_EQ(ndcg_at(10, Ranking{3, 1, 9}, relevant), (1 + 0.5) / ideal);
  EXPECT_DOUBLE_EQ(ndcg_at(10, Ranking{5, 9, 3}, relevant), 1);
  EXPECT_DOUBLE_EQ(ndcg_at(2, Ranking{1, 5, 3}, relevant), 1 / std::log2(3) / (1 + 1 / std::log2(3)));
  EXPECT_EQ(ndcg_at(10, Ranking{}, relevant), 0);
  EXPECT_EQ(ndcg_at(10, Ranking{1, 2}, {}), 0);
}

TEST(Scores, MeasureTheIdealByKNotByAllThatIsRelevant) {
  RelevantRows relevant;
  Ranking first_ten;
  for (std::uint64_t id = 0; id < 30; ++id) relevant.insert(id);
  for (std::uint64_t id = 0; id < 10; ++id) first_ten.push_back(id);
  EXPECT_DOUBLE_EQ(ndcg_at(10, first_ten, relevant), 1);
  EXPECT_DOUBLE_EQ(recall_at(10, first_ten, relevant), 1.0 / 3);
}

TEST(Scores, GiveTheShareFoundAndTheFirstRank) {
  const RelevantRows relevant = {3, 5};
  EXPECT_EQ(recall_at(2, Ranking{1, 5, 3}, relevant), 0.5);
  EXPECT_EQ(recall_at(100, Ranking{1, 5, 3}, relevant), 1);
  EXPECT_EQ(recall_at(100, Ranking{1}, {}), 0);
  EXPECT_EQ(reciprocal_rank_at(10, Ranking{1, 5, 3}, relevant), 0.5);
  EXPECT_EQ(reciprocal_rank_at(1, Ranking{1, 5, 3}, relevant), 0);
}

}  // namespace
}  // namespace akin
