#include "akin/analysis/condensed_tree.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"

namespace akin {
namespace {

using Chosen = std::vector<std::int32_t>;

/// Two groups of three on a line, {0, 1, 2} tight and {3, 4, 5} loose, and 6 far away. Single linkage by hand.
const Linkage kTwoGroups{{{0, 1, 0.1, 2}, {2, 7, 0.1, 3}, {3, 4, 0.5, 2}, {5, 9, 0.5, 3}, {8, 10, 2, 6}, {6, 11, 10, 7}}};

TEST(CondensedTree, SplitsOnlyWhereBothSidesAreLarge) {
  const CondensedTree tree = condense(kTwoGroups, 3);
  ASSERT_EQ(tree.clusters.size(), 3U);
  EXPECT_EQ(tree.clusters[0].size, 7U);
  EXPECT_EQ(tree.clusters[1].parent, 0);
  EXPECT_EQ(tree.clusters[1].birth, 0.5);
  EXPECT_EQ(tree.clusters[1].death, 10);
  EXPECT_EQ(tree.cluster_of, (std::vector<std::int32_t>{1, 1, 1, 2, 2, 2, 0}));
  EXPECT_EQ(tree.lambda, (std::vector<double>{10, 10, 10, 2, 2, 2, 0.1}));
  EXPECT_NEAR(tree.clusters[0].stability, 0.1 + 6 * 0.5, 1e-12);
  EXPECT_NEAR(tree.clusters[1].stability, 3 * 9.5, 1e-12);
  EXPECT_NEAR(tree.clusters[2].stability, 3 * 1.5, 1e-12);
}

TEST(CondensedTree, IsOneClusterWhereNoSplitIsLarge) {
  const CondensedTree tree = condense(kTwoGroups, 4);
  EXPECT_EQ(tree.clusters.size(), 1U);
  EXPECT_TRUE(select_clusters(tree, {}).empty());
  EXPECT_EQ(select_clusters(tree, {.allow_single_cluster = true}), Chosen{0});
}

TEST(CondensedTree, TakesNoDistanceForTheLeastOne) {
  const Linkage linkage{{{0, 1, 0, 2}, {2, 3, 0, 2}, {4, 5, 0, 4}}};
  const CondensedTree tree = condense(linkage, 2);
  EXPECT_EQ(tree.clusters.size(), 1U) << "equal rows are not split";
  EXPECT_EQ(tree.lambda, (std::vector<double>{1, 1, 1, 1}));
  const Linkage apart{{{0, 1, 0, 2}, {2, 3, 0.5, 2}, {4, 5, 4, 4}}};
  EXPECT_EQ(condense(apart, 2).lambda, (std::vector<double>{2, 2, 2, 2}));
}

TEST(CondensedTree, OfOneThingIsARoot) {
  const CondensedTree tree = condense({}, 2);
  EXPECT_EQ(tree.clusters.size(), 1U);
  EXPECT_EQ(tree.cluster_of, Chosen{0});
}

TEST(CondensedTree, WantsClustersOfTwoAtLeast) { EXPECT_THROW(condense(kTwoGroups, 1), Error); }

/// A root with clusters 1 and 2; 1 with 3 and 4 below it.
CondensedTree nested(double upper, double lower) {
  CondensedTree tree;
  tree.clusters = {{-1, 60, 0, 1, 50}, {0, 40, 1, 2, upper}, {0, 20, 1, 9, 7}, {1, 20, 2, 4, lower}, {1, 15, 2, 4, lower}};
  return tree;
}

TEST(Selection, ByExcessOfMassTakesTheMoreStableOfOneAndThoseBelow) {
  EXPECT_EQ(select_clusters(nested(9, 5), {}), (Chosen{2, 3, 4}));
  EXPECT_EQ(select_clusters(nested(10, 5), {}), (Chosen{1, 2}));
  EXPECT_EQ(select_clusters(nested(9, 5), {.allow_single_cluster = true}), Chosen{0});
}

TEST(Selection, OfLeavesTakesThose) {
  EXPECT_EQ(select_clusters(nested(100, 5), {.selection = ClusterSelection::leaf}), (Chosen{2, 3, 4}));
}

TEST(Selection, OfLimitedSizePassesOverLargeOnes) {
  EXPECT_EQ(select_clusters(nested(100, 5), {.max_cluster_size = 30}), (Chosen{2, 3, 4}));
}

TEST(Selection, WithEpsilonGoesUpToWhatSplitOffFurtherApart) {
  EXPECT_EQ(select_clusters(nested(9, 5), {.epsilon = 0.4}), (Chosen{2, 3, 4}));
  EXPECT_EQ(select_clusters(nested(9, 5), {.epsilon = 0.6}), (Chosen{1, 2}));  // 3 and 4 split off at 1 / 2, 1 at 1
}

TEST(Selection, GivesClustersBelowAChosenOneItsLabel) {
  EXPECT_EQ(labels_of_clusters(nested(9, 5), {1, 2}), (std::vector<std::int32_t>{-1, 0, 1, 0, 0}));
}

}  // namespace
}  // namespace akin
