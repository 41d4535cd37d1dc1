#include "akin/kernels/matmul.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

Matrix<float> random_matrix(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Matrix<float> m(rows, cols);
  Rng rng(seed);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = rng.normal();
  return m;
}

double at(const Factor& f, std::size_t r, std::size_t c) { return static_cast<double>(f.is_transposed ? f.matrix(c, r) : f.matrix(r, c)); }

double product(const Factor& a, const Factor& b, std::size_t r, std::size_t c) {
  double sum = 0;
  for (std::size_t k = 0; k < a.cols(); ++k) sum += at(a, r, k) * at(b, k, c);
  return sum;
}

struct Shape {
  std::size_t m, n, k;
};
const std::vector<Shape> kShapes = {{1, 1, 1}, {3, 5, 7}, {17, 33, 1}, {64, 64, 64}, {100, 48, 130}};

/// Sums of k products of size 1 in float: rounding grows as sqrt(k).
double room(const Shape& s) { return 2e-6 * std::sqrt(static_cast<double>(s.k)) + 1e-6; }

TEST(Matmul, EqualsThePlainSumsHoweverTheFactorsLie) {
  for (const Shape& s : kShapes) {
    for (const bool turn_a : {false, true}) {
      for (const bool turn_b : {false, true}) {
        const Matrix<float> a = turn_a ? random_matrix(s.k, s.m, 1) : random_matrix(s.m, s.k, 1);
        const Matrix<float> b = turn_b ? random_matrix(s.n, s.k, 2) : random_matrix(s.k, s.n, 2);
        const Factor left{a.view(), turn_a}, right{b.view(), turn_b};
        Matrix<float> out(s.m, s.n);
        matmul(left, right, Sum::replace, out.view());
        for (std::size_t r = 0; r < s.m; ++r) {
          for (std::size_t c = 0; c < s.n; ++c) ASSERT_NEAR(static_cast<double>(out(r, c)), product(left, right, r, c), room(s));
        }
      }
    }
  }
}

TEST(Matmul, AddsAndScalesAndKeepsToItsColumnsOfWiderMatrices) {
  const Matrix<float> a = random_matrix(20, 40, 3), b = random_matrix(16, 50, 4);
  const Factor left = plain(a.view().middle_cols(5, 16)), right = plain(b.view().middle_cols(10, 24));
  Matrix<float> wide = random_matrix(20, 30, 5);
  const Matrix<float> before = wide.clone();
  matmul(left, right, Sum::add, wide.view().middle_cols(3, 24), 0.5F);
  for (std::size_t r = 0; r < 20; ++r) {
    for (std::size_t c = 0; c < 30; ++c) {
      const bool inside = c >= 3 && c < 27;
      const double want = static_cast<double>(before(r, c)) + (inside ? 0.5 * product(left, right, r, c - 3) : 0.0);
      if (inside) {
        ASSERT_NEAR(static_cast<double>(wide(r, c)), want, room({20, 24, 16}));
      } else {
        ASSERT_EQ(wide(r, c), before(r, c));
      }
    }
  }
}

TEST(Matmul, OfNothingIsZero) {
  const Matrix<float> a(3, 0), b(0, 2);
  Matrix<float> out = random_matrix(3, 2, 6);
  const Matrix<float> before = out.clone();
  matmul(plain(a.view()), plain(b.view()), Sum::add, out.view());
  EXPECT_EQ(out(2, 1), before(2, 1));
  matmul(plain(a.view()), plain(b.view()), Sum::replace, out.view());
  for (std::size_t i = 0; i < out.size(); ++i) EXPECT_EQ(out.data()[i], 0.0F);
}

TEST(Matmul, RefusesShapesThatDoNotFit) {
  const Matrix<float> a(3, 4), b(5, 2);
  Matrix<float> out(3, 2);
  try {
    matmul(plain(a.view()), plain(b.view()), Sum::replace, out.view());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "matmul: (3, 4) times (5, 2) does not give (3, 2)");
  }
}

TEST(ColumnSums, AddTheRowsInOrderOnEveryTarget) {
  for_each_target([](std::string_view target) {
    for (const std::size_t cols : {1U, 7U, 16U, 100U, 400U}) {
      const Matrix<float> wide = random_matrix(9, cols + 3, 7);
      const MatrixView<const float> x = wide.view().middle_cols(2, cols);
      std::vector<float> sums(cols, 1.0F), want(cols, 1.0F);
      add_column_sums(x, sums);
      for (std::size_t r = 0; r < 9; ++r) {
        for (std::size_t c = 0; c < cols; ++c) want[c] += x(r, c);
      }
      ASSERT_EQ(sums, want) << target << " " << cols;
    }
  });
}

}  // namespace
}  // namespace akin::kernels
