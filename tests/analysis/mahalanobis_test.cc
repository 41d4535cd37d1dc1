#include "akin/analysis/mahalanobis.h"

#include <gtest/gtest.h>

#include <limits>

#include "class_cases.h"

namespace akin {
namespace {

using analysis::complaint_of;

TEST(Mahalanobis, IsScikitLearnsWithLedoitAndWolfsCovariance) {
  const Matrix<float> rows = golden::rows("rows", "outliers"), asked = golden::rows("new", "outliers");
  Context context(2);
  const Mahalanobis distances(rows.view(), context);
  EXPECT_NEAR(distances.shrinkage(), golden::json(golden::path("analysis/outliers/outliers.json"))["shrinkage"], 1e-9);
  analysis::expect_stored(distances.squares(rows.view(), context), golden::numbers("mahalanobis", "outliers"));
  analysis::expect_stored(distances.squares(asked.view(), context), golden::numbers("mahalanobis_new", "outliers"));
}

TEST(Mahalanobis, HasTheSameBitsOnAnyNumberOfThreads) {
  const Matrix<float> rows = analysis::blobs(9000, 7, 3, 1, 1);
  Context one(1), two(2);
  const Mahalanobis first(rows.view(), one), other(rows.view(), two);
  EXPECT_EQ(first.squares(rows.view(), one), other.squares(rows.view(), two));
}

TEST(Mahalanobis, TakesFewerRowsThanColumnsAndColumnsThatDoNotVary) {
  Matrix<float> rows = analysis::blobs(4, 30, 2, 1, 1);
  Context context(1);
  for (const double square : Mahalanobis(rows.view(), context).squares(rows.view(), context)) EXPECT_TRUE(square >= 0 && square < 1e6);
  for (std::size_t r = 0; r < 4; ++r)
    for (std::size_t c = 1; c < 30; ++c) rows(r, c) = 3;
  for (const double square : Mahalanobis(rows.view(), context).squares(rows.view(), context)) EXPECT_TRUE(square >= 0 && square < 1e3);
}

TEST(Mahalanobis, OfEqualRowsMeasuresPlainDistances) {
  const Matrix<float> rows = analysis::equal_rows(10, 2, 1), asked = analysis::equal_rows(1, 2, 4);
  Context context(1);
  const Mahalanobis distances(rows.view(), context);
  EXPECT_EQ(distances.squares(rows.view(), context), std::vector<double>(10, 0));
  EXPECT_NEAR(distances.squares(asked.view(), context)[0], 18, 1e-9);
}

TEST(Mahalanobis, RefusesOtherRows) {
  Matrix<float> rows = analysis::blobs(9, 2, 1, 1, 1);
  Context context(1);
  const Mahalanobis distances(rows.view(), context);
  EXPECT_NE(complaint_of([&] { static_cast<void>(distances.squares(Matrix<float>(1, 3).view(), context)); }), "");
  rows(3, 1) = std::numeric_limits<float>::infinity();
  EXPECT_EQ(complaint_of([&] { Mahalanobis(rows.view(), context); }),
            "Mahalanobis: row 3 has a number that is not finite (rows count from 0)");
}

}  // namespace
}  // namespace akin
