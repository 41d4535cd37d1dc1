#include "akin/kernels/best_of_row.h"

#include <gtest/gtest.h>

#include <limits>
#include <string_view>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

/// By the definition: a scan from left to right.
BestTwo plain_best_two(std::span<const float> row, std::uint32_t first_column) {
  BestTwo out{row[0], -std::numeric_limits<float>::infinity(), first_column};
  for (std::size_t c = 1; c < row.size(); ++c) {
    if (row[c] > out.best) {
      out = {row[c], out.best, first_column + static_cast<std::uint32_t>(c)};
    } else if (row[c] > out.second) {
      out.second = row[c];
    }
  }
  return out;
}

void expect_same(const BestTwo& got, const BestTwo& wanted, std::string_view target, std::size_t n) {
  EXPECT_EQ(got.best, wanted.best) << target << " " << n;
  EXPECT_EQ(got.second, wanted.second) << target << " " << n;
  EXPECT_EQ(got.column, wanted.column) << target << " " << n;
}

/// Few different numbers, so that there are many equal ones.
Matrix<float> coarse_numbers(std::size_t rows, std::size_t cols) {
  Matrix<float> x(rows, cols);
  Rng rng(cols);
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(rng.below(9)) - 12.0F;
  return x;
}

TEST(BestOfRow, IsTheFirstOfTheLargestAndTheNextInSizeOnEveryTarget) {
  for_each_target([](std::string_view target) {
    for (std::size_t n = 1; n <= 70; ++n) {
      const Matrix<float> x = coarse_numbers(40, n);
      std::vector<BestTwo> out(x.rows());
      best_two_of_rows(x.view(), 100, out);
      for (std::size_t r = 0; r < x.rows(); ++r) expect_same(out[r], plain_best_two(x.row(r), 100), target, n);
    }
  });
}

TEST(BestOfRow, TakesRowsThatLieApart) {
  const Matrix<float> x = coarse_numbers(20, 50);
  std::vector<BestTwo> out(x.rows());
  best_two_of_rows(x.view().middle_cols(3, 33), 3, out);
  for (std::size_t r = 0; r < x.rows(); ++r) expect_same(out[r], plain_best_two(x.row(r).subspan(3, 33), 3), "", r);
}

TEST(BestOfRow, OfTwoPartsIsMergedToThatOfTheWhole) {
  const Matrix<float> x = coarse_numbers(200, 40);
  std::vector<BestTwo> left(x.rows()), right(x.rows());
  best_two_of_rows(x.view().middle_cols(0, 17), 0, left);
  best_two_of_rows(x.view().middle_cols(17, 23), 17, right);
  for (std::size_t r = 0; r < x.rows(); ++r) expect_same(merged(left[r], right[r]), plain_best_two(x.row(r), 0), "", r);
}

}  // namespace
}  // namespace akin::kernels
