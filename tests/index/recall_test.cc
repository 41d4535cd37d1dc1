// Recall by hand-made hits.
#include "akin/index/recall.h"

#include <gtest/gtest.h>

#include "base/throws.h"

namespace akin {
namespace {

using Hits = std::vector<std::vector<Neighbor>>;

TEST(Recall, IsTheShareOfTheTrueNeighbours) {
  const Hits truth = {{{1, 0.1F}, {2, 0.2F}, {3, 0.3F}, {4, 0.4F}}, {{9, 1}}};
  EXPECT_EQ(recall_of(truth, truth), 1);
  EXPECT_EQ(recall_of(Hits{{{1, 0.1F}, {3, 0.3F}, {7, 0.9F}}, {{9, 1}}}, truth), 0.6);
  EXPECT_EQ(recall_of(Hits{{}, {}}, truth), 0);
}

TEST(Recall, TakesAnyOfRowsThatAreEquallyNear) {
  const Hits truth = {{{1, 0.1F}, {2, 0.2F}}};
  EXPECT_EQ(recall_of(Hits{{{1, 0.1F}, {5, 0.2F}}}, truth), 1);
  EXPECT_EQ(recall_of(Hits{{{5, 0.2F}, {6, 0.2F}, {7, 0.2F}}}, truth), 1) << "no more than there are";
}

TEST(Recall, OfNothingIsWhole) {
  EXPECT_EQ(recall_of(Hits{}, Hits{}), 1);
  EXPECT_EQ(recall_of(Hits{{}}, Hits{{}}), 1);
  testing::expect_error(ErrorCode::invalid_argument, "as many", [] { (void)recall_of(Hits{}, Hits{{}}); });
}

}  // namespace
}  // namespace akin
