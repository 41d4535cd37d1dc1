// Products by one-bit codes: unbiased, with the error that the paper tells, and the same on any number of threads.
#include "akin/space/bit_codes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/distance.h"
#include "akin/space/normalize.h"

namespace akin {
namespace {

// Rows around a common centre, as the vectors of a model lie: some directions long, others short.
Matrix<float> rows_of_a_model(std::size_t n, std::size_t dim, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> rows(n, dim);
  for (std::size_t r = 0; r < n; ++r) {
    for (std::size_t i = 0; i < dim; ++i) rows(r, i) = 0.3F + rng.normal() * (i % 7 == 0 ? 3.0F : 0.5F);
    normalize(rows.row(r));
  }
  return rows;
}

std::vector<float> products_of(const BitCodes& codes, std::span<const float> query) {
  std::vector<float> out(codes.size());
  codes.products(codes.prepare(query), 0, out);
  return out;
}

TEST(BitCodes, EstimateProductsWithoutBias) {
  constexpr std::size_t kRows = 2000, kDim = 384;
  Context context(2);
  const Matrix<float> rows = rows_of_a_model(kRows, kDim, 1), queries = rows_of_a_model(20, kDim, 2);
  const BitCodes codes = BitCodes::encode(VectorSet(rows.view()), {}, context);
  double sum = 0, squares = 0;
  for (std::size_t q = 0; q < queries.rows(); ++q) {
    const std::vector<float> estimates = products_of(codes, queries.row(q));
    for (std::size_t r = 0; r < kRows; ++r) {
      const double error = static_cast<double>(estimates[r]) - static_cast<double>(kernels::dot(queries.row(q), rows.row(r)));
      sum += error;
      squares += error * error;
    }
  }
  const double n = static_cast<double>(kRows * queries.rows()), mean = sum / n, deviation = std::sqrt(squares / n);
  // One bit leaves sqrt((1 − 2/π) / (2/π)) ≈ 0.76 of ‖r‖‖q‖ / sqrt(dim); four bits of the query add a little.
  EXPECT_LT(deviation, 1.0 / std::sqrt(kDim));
  EXPECT_LT(std::abs(mean), 0.05 * deviation);
}

TEST(BitCodes, AreTheSameOnAnyNumberOfThreads) {
  const Matrix<float> rows = rows_of_a_model(3000, 100, 3), queries = rows_of_a_model(3, 100, 4);
  Context one(1), two(2);
  const BitCodes a = BitCodes::encode(VectorSet(rows.view()), {}, one), b = BitCodes::encode(VectorSet(rows.view()), {}, two);
  for (std::size_t q = 0; q < 3; ++q) EXPECT_EQ(products_of(a, queries.row(q)), products_of(b, queries.row(q)));
}

TEST(BitCodes, GiveAPartOfTheRowsAsTheWhole) {
  Context context(1);
  const Matrix<float> rows = rows_of_a_model(700, 30, 5);
  const BitCodes codes = BitCodes::encode(VectorSet(rows.view()), {}, context);
  const std::vector<float> all = products_of(codes, rows.row(0));
  std::vector<float> part(100);
  codes.products(codes.prepare(rows.row(0)), 256, part);
  EXPECT_EQ(part, std::vector<float>(all.begin() + 256, all.begin() + 356));
}

TEST(BitCodes, TakeFactorsOfRows) {
  Context context(1);
  const Matrix<float> rows = rows_of_a_model(50, 64, 6);
  Matrix<float> doubled = rows.clone();
  for (std::size_t i = 0; i < doubled.size(); ++i) doubled.data()[i] *= 2;
  const std::vector<float> halves(50, 0.5F);
  const BitCodes a = BitCodes::encode(VectorSet(rows.view()), {}, context),
                 b = BitCodes::encode(VectorSet(doubled.view()), halves, context);
  EXPECT_EQ(products_of(a, rows.row(3)), products_of(b, rows.row(3)));
}

TEST(BitCodes, OfRowsThatAreAllEqualAreExact) {
  Context context(1);
  Matrix<float> rows(10, 5);
  for (std::size_t r = 0; r < 10; ++r) rows(r, 2) = 0.5F;
  const BitCodes codes = BitCodes::encode(VectorSet(rows.view()), {}, context);
  const std::vector<float> query = {1, 2, 3, 4, 5};
  for (const float product : products_of(codes, query)) EXPECT_EQ(product, 1.5F);
}

}  // namespace
}  // namespace akin
