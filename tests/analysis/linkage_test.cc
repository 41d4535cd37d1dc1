#include "akin/analysis/linkage.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"

namespace akin {
namespace {

// 0 and 3 first, then 1 and 2, then all of them, then 4.
const Linkage kLinkage{{{0, 3, 1, 2}, {1, 2, 2, 2}, {5, 6, 2, 4}, {4, 7, 9, 5}}};

using Labels = std::vector<std::int32_t>;

TEST(Linkage, IsCutAtADistance) {
  EXPECT_EQ(cut_at_distance(kLinkage, 0.5), (Labels{0, 1, 2, 3, 4}));
  EXPECT_EQ(cut_at_distance(kLinkage, 1), (Labels{0, 1, 2, 0, 3}));
  EXPECT_EQ(cut_at_distance(kLinkage, 2), (Labels{0, 0, 0, 0, 1}));
  EXPECT_EQ(cut_at_distance(kLinkage, 100), (Labels{0, 0, 0, 0, 0}));
}

TEST(Linkage, IsCutToSoManyClusters) {
  EXPECT_EQ(cut_to_clusters(kLinkage, 5), (Labels{0, 1, 2, 3, 4}));
  EXPECT_EQ(cut_to_clusters(kLinkage, 3), (Labels{0, 1, 1, 0, 2}));
  EXPECT_EQ(cut_to_clusters(kLinkage, 1), (Labels{0, 0, 0, 0, 0}));
  EXPECT_THROW(cut_to_clusters(kLinkage, 0), Error);
  EXPECT_THROW(cut_to_clusters(kLinkage, 6), Error);
}

TEST(Linkage, OfOneThingIsOneCluster) {
  EXPECT_EQ(cut_at_distance({}, 1), (Labels{0}));
  EXPECT_EQ(cut_to_clusters({}, 1), (Labels{0}));
}

}  // namespace
}  // namespace akin
