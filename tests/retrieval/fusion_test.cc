#include "akin/retrieval/fusion.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace akin
