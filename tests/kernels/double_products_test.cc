#include "akin/kernels/double_products.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string_view>

#include "akin/base/matrix.h"
#include "akin/base/rng.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

// Sums of so few products near 1 differ by their order alone.
constexpr double kRounding = 1e-12;

Matrix<double> columns_of(std::size_t n_columns, std::size_t n) {
  Rng rng(n_columns * 1000 + n);
  Matrix<double> out(n_columns, n);
  for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] = static_cast<double>(rng.normal());
  return out;
}

TEST(DoubleProducts, AreThoseOfThePlainLoopsOnEveryTarget) {
  for_each_target([](std::string_view target) {
    for (const std::size_t n_columns : {4U, 8U, 20U}) {
      for (const std::size_t n : {16U, 48U, 512U}) {
        const Matrix<double> columns = columns_of(n_columns, n);
        Matrix<double> products(n_columns, n_columns);
        products(1, 0) = 5;
        add_products({columns.data(), n_columns, n}, products.data());
        for (std::size_t i = 0; i < n_columns; ++i) {
          for (std::size_t j = 0; j <= i; ++j) {
            double wanted = i == 1 && j == 0 ? 5 : 0;
            for (std::size_t r = 0; r < n; ++r) wanted += columns(i, r) * columns(j, r);
            EXPECT_NEAR(products(i, j), wanted, kRounding * static_cast<double>(n)) << target << " " << i << " " << j;
          }
        }
      }
    }
  });
}

TEST(DoubleProducts, OfATriangleAreSquaredAndAdded) {
  for_each_target([](std::string_view target) {
    constexpr std::size_t kColumns = 12, kLength = 32;
    const Matrix<double> columns = columns_of(kColumns, kLength);
    Matrix<double> lower = columns_of(kColumns, kColumns);
    for (std::size_t i = 0; i < kColumns; ++i)
      for (std::size_t j = i + 1; j < kColumns; ++j) lower(i, j) = 0;
    Matrix<double> squares(1, kLength);
    triangle_squares({columns.data(), kColumns, kLength}, lower.data(), squares.data());
    for (std::size_t r = 0; r < kLength; ++r) {
      double wanted = 0;
      for (std::size_t i = 0; i < kColumns; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j <= i; ++j) sum += lower(i, j) * columns(j, r);
        wanted += sum * sum;
      }
      EXPECT_NEAR(squares(0, r), wanted, kRounding * wanted) << target << " " << r;
    }
  });
}

}  // namespace
}  // namespace akin::kernels
