#include "akin/retrieval/fusion.h"

#include <gtest/gtest.h>

#include "base/throws.h"

namespace akin {
namespace {

using Rankings = std::vector<std::vector<std::uint64_t>>;

TEST(Fusion, AddsTheReciprocalRanksOfAllLists) {
  const auto fused = fuse_rankings(Rankings{{7, 3}, {3, 9}}, 10);
  ASSERT_EQ(fused.size(), 3U);
  EXPECT_EQ(fused[0].id, 3U);
  EXPECT_DOUBLE_EQ(fused[0].score, 1.0 / 62 + 1.0 / 61);
  EXPECT_EQ(fused[1], (FusedEntry{7, 1.0 / 61}));
  EXPECT_EQ(fused[2], (FusedEntry{9, 1.0 / 62}));
}

TEST(Fusion, OrdersEqualScoresById) {
  const auto fused = fuse_rankings(Rankings{{8}, {2}, {5}}, 10);
  ASSERT_EQ(fused.size(), 3U);
  EXPECT_EQ(fused[0].id, 2U);
  EXPECT_EQ(fused[1].id, 5U);
  EXPECT_EQ(fused[2].id, 8U);
}

TEST(Fusion, KeepsTheOrderOfASingleListAndCutsItAtK) {
  const auto fused = fuse_rankings(Rankings{{4, 1, 3, 2}}, 3);
  ASSERT_EQ(fused.size(), 3U);
  EXPECT_EQ(fused[0].id, 4U);
  EXPECT_EQ(fused[2].id, 3U);
}

TEST(Fusion, OfNothingIsNothing) {
  EXPECT_TRUE(fuse_rankings({}, 5).empty());
  EXPECT_TRUE(fuse_rankings(Rankings{{}, {}}, 5).empty());
}

WeightedRanking list(double weight, std::vector<FusedEntry> entries) { return {std::move(entries), weight}; }

TEST(FusionOfScores, WeighsScoresThatWereBroughtToOneScale) {
  const auto fused = fuse_scores(std::vector{list(0.7, {{1, 0.9}, {2, 0.8}, {3, 0.5}}), list(0.3, {{3, 20}, {4, 15}, {2, 10}})}, 10);
  ASSERT_EQ(fused.size(), 4U);
  EXPECT_EQ(fused[0].id, 1U);
  EXPECT_DOUBLE_EQ(fused[0].score, 0.7);
  EXPECT_EQ(fused[1].id, 2U);
  EXPECT_DOUBLE_EQ(fused[1].score, 0.7 * 0.75);
  EXPECT_EQ(fused[2], (FusedEntry{3, 0.3})) << "last of one list, first of the other";
  EXPECT_DOUBLE_EQ(fused[3].score, 0.15);
}

TEST(FusionOfScores, FollowsTheHeavierList) {
  const std::vector<FusedEntry> one = {{1, 2}, {2, 1}}, other = {{2, 5}, {1, 4}};
  EXPECT_EQ(fuse_scores(std::vector{list(0.9, one), list(0.1, other)}, 2)[0].id, 1U);
  EXPECT_EQ(fuse_scores(std::vector{list(0.1, one), list(0.9, other)}, 2)[0].id, 2U);
  EXPECT_EQ(fuse_scores(std::vector{list(1, one), list(0, other)}, 2)[0], (FusedEntry{1, 1}));
}

TEST(FusionOfScores, TakesAllOfAListThatIsAlikeForItsBest) {
  const auto fused = fuse_scores(std::vector{list(0.5, {{9, -3}, {4, -3}}), list(0.5, {{6, 0.1}})}, 5);
  EXPECT_EQ(fused, (std::vector<FusedEntry>{{4, 0.5}, {6, 0.5}, {9, 0.5}}));
  EXPECT_TRUE(fuse_scores({}, 3).empty());
}

TEST(Fusion, IsKnownByName) {
  EXPECT_EQ(fusion_from("rrf"), Fusion::rrf);
  EXPECT_EQ(fusion_from("weighted"), Fusion::weighted);
  testing::expect_error(ErrorCode::invalid_argument, "rrf, weighted", [] { (void)fusion_from("sum"); });
}

}  // namespace
}  // namespace akin
