#include "product_quantizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "akin/base/rng.h"
#include "base/throws.h"

namespace akin {
namespace {

Matrix<float> random_rows(std::size_t n, std::size_t dim) {
  Rng rng(3);
  Matrix<float> rows(n, dim);
  for (std::size_t r = 0; r < n; ++r)
    for (float& x : rows.row(r)) x = (1 + static_cast<float>(r % 5)) * rng.normal();
  return rows;
}

/// Row r as its codes have it.
std::vector<float> decoded(const FastTextCodes& codes, std::size_t r) {
  std::vector<float> out(codes.dim);
  const std::size_t n_parts = (codes.dim + codes.part - 1) / codes.part;
  const float norm = codes.norm_codes.empty() ? 1 : codes.norms[codes.norm_codes[r]];
  for (std::size_t c = 0; c < codes.dim; ++c) {
    const std::size_t p = c / codes.part, length = std::min(codes.part, codes.dim - p * codes.part);
    out[c] = norm * codes.centroids[p * codes.part * 256 + codes.codes[r * n_parts + p] * length + c % codes.part];
  }
  return out;
}

double relative_error(const Matrix<float>& rows, const FastTextCodes& codes) {
  double error = 0, all = 0;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    const auto row = decoded(codes, r);
    for (std::size_t c = 0; c < row.size(); ++c) {
      error += std::pow(double{row[c]} - double{rows.row(r)[c]}, 2);
      all += std::pow(double{rows.row(r)[c]}, 2);
    }
  }
  return error / all;
}

TEST(ProductQuantizer, KeepsFewRowsAsTheyAre) {
  const Matrix<float> rows = random_rows(200, 7);
  Context context(1);
  for (const std::size_t part : {1, 2, 3, 7}) EXPECT_EQ(relative_error(rows, quantize_rows(rows.view(), {part}, context)), 0) << part;
}

TEST(ProductQuantizer, IsTruerWithFewerNumbersAPart) {
  const Matrix<float> rows = random_rows(3000, 8);
  Context context(2);
  double before = 0;
  for (const std::size_t part : {1, 2, 4, 8}) {
    const double error = relative_error(rows, quantize_rows(rows.view(), {part}, context));
    EXPECT_GT(error, before) << part;
    before = error;
  }
  // 256 centroids for two normal numbers: by theory near 1/256 times a constant near 1 (Gersho's bound for the plane), heavy tails add.
  EXPECT_LT(relative_error(rows, quantize_rows(rows.view(), {2}, context)), 0.02);
  EXPECT_LT(relative_error(rows, quantize_rows(rows.view(), {2, true}, context)), 0.02);
}

TEST(ProductQuantizer, EachPointHasTheNearestCentroid) {
  const Matrix<float> rows = random_rows(2000, 4);
  Context context(1);
  const FastTextCodes codes = quantize_rows(rows.view(), {2}, context);
  for (std::size_t r = 0; r < rows.rows(); r += 17) {
    for (std::size_t p = 0; p < 2; ++p) {
      const auto distance = [&](std::size_t code) {
        const float* c = codes.centroids.data() + p * 512 + code * 2;
        return std::pow(rows.row(r)[2 * p] - c[0], 2) + std::pow(rows.row(r)[2 * p + 1] - c[1], 2);
      };
      const double chosen = distance(codes.codes[2 * r + p]);
      for (std::size_t code = 0; code < 256; ++code) ASSERT_LE(chosen, distance(code) + 1e-6);  // rounding of the squares
    }
  }
}

TEST(ProductQuantizer, GivesTheSameOnAnyNumberOfThreadsAndTakesRowsWithoutLength) {
  Matrix<float> rows = random_rows(1500, 9);
  for (float& x : rows.row(4)) x = 0;
  Context one(1), three(3);
  const FastTextCodes a = quantize_rows(rows.view(), {2, true}, one), b = quantize_rows(rows.view(), {2, true}, three);
  EXPECT_EQ(a.codes, b.codes);
  EXPECT_EQ(a.centroids, b.centroids);
  EXPECT_EQ(a.norm_codes, b.norm_codes);
  testing::expect_error(ErrorCode::invalid_argument, "part of a product quantiser", [&] { quantize_rows(rows.view(), {10}, one); });
}

}  // namespace
}  // namespace akin
