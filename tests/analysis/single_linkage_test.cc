#include "single_linkage.h"

#include <gtest/gtest.h>

namespace akin::analysis {
namespace {

TEST(SingleLinkage, JoinsTheShortestEdgesFirst) {
  const Linkage linkage = single_linkage({{0, 1, 9}, {1, 2, 1}, {3, 4, 4}, {2, 3, 16}}, false);
  EXPECT_EQ(linkage.merges, (std::vector<Merge>{{1, 2, 1, 2}, {3, 4, 2, 2}, {0, 5, 3, 3}, {6, 7, 4, 5}}));
}

TEST(SingleLinkage, GoesByTheLowerRowsAmongEqualEdges) {
  const Linkage linkage = single_linkage({{2, 3, 1}, {1, 2, 1}, {0, 3, 1}}, false);
  EXPECT_EQ(linkage.merges, (std::vector<Merge>{{0, 3, 1, 2}, {1, 2, 1, 2}, {4, 5, 1, 4}}));
}

TEST(SingleLinkage, HalvesSquaresByAngle) { EXPECT_EQ(single_linkage({{0, 1, 3}}, true).merges[0].distance, 1.5); }

TEST(SingleLinkage, OfOneThingHasNoMerges) { EXPECT_EQ(single_linkage({}, false).n_things(), 1U); }

}  // namespace
}  // namespace akin::analysis
