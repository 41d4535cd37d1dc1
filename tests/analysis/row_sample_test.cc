#include "row_sample.h"

#include <gtest/gtest.h>

#include <vector>

#include "akin/base/error.h"

namespace akin::analysis {
namespace {

Matrix<float> numbered(std::size_t n) {
  Matrix<float> rows(n, 1);
  for (std::size_t r = 0; r < n; ++r) rows(r, 0) = static_cast<float>(r);
  return rows;
}

TEST(RowSample, HasDifferentRowsInTheirOrder) {
  const Matrix<float> rows = numbered(50);
  Rng rng(1);
  for (const std::size_t n : {0, 1, 20, 50}) {
    const Matrix<float> some = draw_rows(rows.view(), n, rng);
    ASSERT_EQ(some.rows(), n);
    for (std::size_t i = 1; i < n; ++i) EXPECT_LT(some(i - 1, 0), some(i, 0));
  }
  EXPECT_THROW(draw_rows(rows.view(), 51, rng), Error);
}

TEST(RowSample, TakesEachRowEquallyOften) {
  const Matrix<float> rows = numbered(10);
  std::vector<int> counts(10);
  Rng rng(2);
  for (int turn = 0; turn < 10'000; ++turn) {
    const Matrix<float> some = draw_rows(rows.view(), 3, rng);
    for (std::size_t i = 0; i < 3; ++i) ++counts[static_cast<std::size_t>(some(i, 0))];
  }
  for (const int count : counts) EXPECT_NEAR(count, 3000, 230);  // five deviations of √(10,000 · 0.3 · 0.7) = 46
}

}  // namespace
}  // namespace akin::analysis
