#include "akin/analysis/ecod.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "class_cases.h"

namespace akin {
namespace {

using analysis::complaint_of;

TEST(Ecod, IsPyods) {
  const Matrix<float> rows = golden::rows("rows", "outliers"), asked = golden::rows("new", "outliers");
  Context context(2);
  const Ecod ecod(rows.view(), context);
  analysis::expect_stored(ecod.known(), golden::numbers("ecod", "outliers"));
  analysis::expect_stored(ecod.scores(asked.view(), context), golden::numbers("ecod_new", "outliers"));
}

TEST(Ecod, CountsEqualNumbersTogether) {
  Matrix<float> rows(4, 1);
  rows(0, 0) = -1, rows(1, 0) = 0, rows(2, 0) = -0.0F, rows(3, 0) = 1;  // no skew: both tails add up
  Context context(1);
  const Ecod ecod(rows.view(), context);
  EXPECT_DOUBLE_EQ(ecod.known()[0], -std::log(0.25));
  EXPECT_DOUBLE_EQ(ecod.known()[1], -2 * std::log(0.75));
  EXPECT_EQ(ecod.known()[1], ecod.known()[2]);
}

TEST(Ecod, HasTheSameBitsOnAnyNumberOfThreads) {
  const Matrix<float> rows = analysis::blobs(2000, 40, 3, 1, 1);  // more columns than are looked at at once
  Context one(1), two(2);
  const Ecod first(rows.view(), one), other(rows.view(), two);
  EXPECT_EQ(first.known(), other.known());
  EXPECT_EQ(first.scores(rows.view(), one), other.scores(rows.view(), two));
}

TEST(Ecod, OfEqualRowsAndOfOneRowFindsNoneOdd) {
  Context context(1);
  for (const std::size_t n : {1UL, 20UL}) {
    const Matrix<float> rows = analysis::equal_rows(n, 3, -2);
    EXPECT_EQ(Ecod(rows.view(), context).known(), std::vector<double>(n, 0));
  }
}

TEST(Ecod, RefusesOtherRows) {
  Matrix<float> rows = analysis::blobs(9, 2, 1, 1, 1);
  Context context(1);
  const Ecod ecod(rows.view(), context);
  EXPECT_NE(complaint_of([&] { static_cast<void>(ecod.scores(Matrix<float>(1, 3).view(), context)); }), "");
  rows(3, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(complaint_of([&] { Ecod(rows.view(), context); }), "ECOD: row 3 has a number that is not finite (rows count from 0)");
}

}  // namespace
}  // namespace akin
