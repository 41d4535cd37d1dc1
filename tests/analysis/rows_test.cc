#include "akin/analysis/rows.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "akin/base/error.h"

namespace akin {
namespace {

std::string complaint(const Matrix<float>& rows) {
  Context context(2);
  try {
    check_rows(rows.view(), "here", context);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Rows, AreFineIfTheyAreFinite) { EXPECT_EQ(complaint(Matrix<float>(10000, 3)), ""); }

TEST(Rows, AreNotThereIfTheyHaveNoNumbers) {
  EXPECT_EQ(complaint(Matrix<float>(0, 3)), "here: there are no vectors");
  EXPECT_EQ(complaint(Matrix<float>(3, 0)), "here: there are no vectors");
}

TEST(Rows, AreNamedByTheFirstThatIsNotFinite) {
  Matrix<float> rows(10000, 3);
  rows(9000, 1) = std::numeric_limits<float>::infinity();
  EXPECT_EQ(complaint(rows), "here: row 9000 has a number that is not finite (rows count from 0)");
  rows(4097, 2) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(complaint(rows), "here: row 4097 has a number that is not finite (rows count from 0)");
}

TEST(Rows, AreRefusedWhereSquaresWouldOverflow) {
  Matrix<float> rows(3, 1);
  rows(2, 0) = -1e18F;
  EXPECT_EQ(complaint(rows), "here: row 2 has a number that is larger than 1e17 (rows count from 0)");
}

TEST(Rows, HaveTheMeansOfTheirColumnsOnAnyNumberOfThreads) {
  Matrix<float> rows(5000, 2);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    rows(r, 0) = static_cast<float>(r);
    rows(r, 1) = 16777216.0F + (r % 2 == 0 ? 0.0F : 2.0F);  // a sum in float would lose the 2
  }
  Context one(1), two(2);
  EXPECT_EQ(column_means(rows.view(), one), (std::vector<double>{2499.5, 16777217.0}));
  EXPECT_EQ(column_means(rows.view(), one), column_means(rows.view(), two));
}

}  // namespace
}  // namespace akin
