#include "akin/analysis/central_rows.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "points.h"

namespace akin {
namespace {

Matrix<float> line(std::initializer_list<float> numbers) {
  Matrix<float> rows(numbers.size(), 1);
  std::copy(numbers.begin(), numbers.end(), rows.data());
  return rows;
}

TEST(CentralRows, AreThoseNearestToTheMeanOfTheirCluster) {
  const Matrix<float> rows = line({0, 10, 1, 2, 30, 20, 500});
  const std::vector<std::int32_t> labels = {0, 2, 0, 0, 2, 2, -1};
  Context context(2);
  const auto central = central_rows(rows.view(), labels, 2, context);
  EXPECT_EQ(central, (std::vector<std::vector<std::size_t>>{{2, 0}, {}, {5, 1}}));
}

TEST(CentralRows, NeedALabelARow) {
  Context context(1);
  EXPECT_THROW(central_rows(line({1, 2}).view(), std::vector<std::int32_t>{0}, 1, context), Error);
  EXPECT_THROW(central_rows(line({1, 2}).view(), std::vector<std::int32_t>{0, -2}, 1, context), Error);
}

TEST(ClusterMeans, AreZeroForAnEmptyCluster) {
  Context context(1);
  const Matrix<float> means = cluster_means(line({1, 3}).view(), std::vector<std::int32_t>{1, 1}, context);
  ASSERT_EQ(means.rows(), 2U);
  EXPECT_EQ(means(0, 0), 0);
  EXPECT_EQ(means(1, 0), 2);
}

}  // namespace
}  // namespace akin
