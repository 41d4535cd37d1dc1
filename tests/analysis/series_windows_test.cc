#include "akin/analysis/series_windows.h"

#include <gtest/gtest.h>

#include "class_cases.h"

namespace akin {
namespace {

TEST(SeriesWindows, AreEveryRunOfValues) {
  const std::vector<float> values = {1, 2, 3, 4};
  const Matrix<float> rows = series_windows(values, 3);
  ASSERT_EQ(rows.rows(), 2U);
  EXPECT_EQ(rows(0, 2), 3);
  EXPECT_EQ(rows(1, 0), 2);
  EXPECT_EQ(analysis::complaint_of([&] { series_windows(values, 5); }), "series: 4 values, fewer than a window's 5");
  EXPECT_NE(analysis::complaint_of([&] { series_windows(values, 0); }), "");
}

TEST(ScoresOfValues, AreMeansOfTheWindowsThatHoldThem) {
  const std::vector<double> scores = {2, 4};
  EXPECT_EQ(scores_of_values(scores, 3), (std::vector<double>{2, 3, 3, 4}));
  EXPECT_EQ(scores_of_values(scores, 1), scores);
}

}  // namespace
}  // namespace akin
