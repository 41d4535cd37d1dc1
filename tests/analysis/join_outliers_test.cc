#include "akin/analysis/join_outliers.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "points.h"

namespace akin {
namespace {

using Labels = std::vector<std::int32_t>;

TEST(JoinOutliers, GivesThemTheLabelOfTheNearestClusteredRow) {
  Matrix<float> rows(6, 1);
  const float places[] = {0, 1, 2.2F, 4, 5, 9};
  std::copy(std::begin(places), std::end(places), rows.data());
  Context context(2);
  EXPECT_EQ(join_outliers(rows.view(), Labels{0, 0, -1, 1, 1, -1}, Metric::euclidean, context), (Labels{0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(join_outliers(rows.view(), Labels{-1, -1, -1, -1, -1, -1}, Metric::euclidean, context), Labels(6, -1));
  EXPECT_EQ(join_outliers(rows.view(), Labels{0, 1, 2, 0, 1, 2}, Metric::euclidean, context), (Labels{0, 1, 2, 0, 1, 2}));
  EXPECT_THROW(join_outliers(rows.view(), Labels{0}, Metric::euclidean, context), Error);
}

}  // namespace
}  // namespace akin
