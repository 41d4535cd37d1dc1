#include "parts.h"

#include <gtest/gtest.h>

namespace akin::analysis {
namespace {

TEST(Parts, AreJoinedOnce) {
  Parts parts(6);
  EXPECT_TRUE(parts.join(0, 1));
  EXPECT_TRUE(parts.join(2, 3));
  EXPECT_TRUE(parts.join(1, 3));
  EXPECT_FALSE(parts.join(0, 2));
  EXPECT_EQ(parts.of(0), parts.of(3));
  EXPECT_NE(parts.of(0), parts.of(4));
  EXPECT_EQ(parts.size_of(2), 4U);
  EXPECT_EQ(parts.size_of(5), 1U);
  EXPECT_EQ(parts.largest(), parts.of(0));
}

TEST(Parts, OfEqualSizeHaveTheirLowestInFront) {
  Parts parts(4);
  EXPECT_EQ(parts.largest(), 0U);
  parts.join(3, 2);
  EXPECT_EQ(parts.of(3), 2U);
}

}  // namespace
}  // namespace akin::analysis
