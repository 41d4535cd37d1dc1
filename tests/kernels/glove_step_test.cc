// The step on every CPU target, against the same step in double precision, written from the paper and glove.c.
#include "akin/kernels/glove_step.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/base/rng.h"
#include "akin/kernels/target.h"
#include "akin/kernels/word_step.h"

namespace akin::kernels {
namespace {

constexpr float kRate = 0.05F;

/// Records of random vectors and squares of 1 to 3; the last number of a vector is held where it is.
Matrix<float> random_records(std::size_t n, std::size_t dim, std::uint64_t seed) {
  const std::size_t length = padded_row(dim);
  Matrix<float> records(n, 2 * length);
  Rng rng(seed);
  for (std::size_t r = 0; r < n; ++r) {
    for (std::size_t c = 0; c < dim; ++c) records(r, c) = 0.5F * rng.normal();
    for (std::size_t c = 0; c < length; ++c) records(r, length + c) = 1 + 2 * rng.uniform();
    records(r, length + dim - 1) = std::numeric_limits<float>::infinity();
  }
  return records;
}

std::vector<std::vector<double>> doubles_of(const Matrix<float>& records) {
  std::vector<std::vector<double>> out;
  for (std::size_t r = 0; r < records.rows(); ++r) out.emplace_back(records.row(r).begin(), records.row(r).end());
  return out;
}

using Records = std::vector<std::vector<double>>;

double step(const GlovePair& pair, Records& rows, Records& columns, std::size_t length) {
  std::vector<double>&w = rows[pair.row], &c = columns[pair.column];
  double error = -double{pair.log_count};
  for (std::size_t i = 0; i < length; ++i) error += w[i] * c[i];
  const double g = double{kRate} * std::clamp(double{pair.weight} * error, -100.0, 100.0);
  for (std::size_t i = 0; i < length; ++i) {
    const double to_w = g * c[i], to_c = g * w[i];
    w[i] -= to_w / std::sqrt(w[length + i]);
    c[i] -= to_c / std::sqrt(c[length + i]);
    w[length + i] += to_w * to_w;
    c[length + i] += to_c * to_c;
  }
  return 0.5 * double{pair.weight} * error * error;
}

// Sums of up to 302 products near 0.25: float keeps 1e-5 of them, and moves grow with them.
constexpr double kTolerance = 1e-4;

void expect_near(const Matrix<float>& records, const Records& wanted, std::string_view target) {
  for (std::size_t r = 0; r < records.rows(); ++r) {
    for (std::size_t i = 0; i < records.cols(); ++i) {
      if (std::isinf(wanted[r][i])) {
        ASSERT_EQ(records(r, i), wanted[r][i]) << target;
      } else {
        ASSERT_NEAR(records(r, i), wanted[r][i], kTolerance) << target << " of " << records.cols() << ' ' << r << ' ' << i;
      }
    }
  }
}

TEST(GloveStep, MovesAsTheDefinitionSays) {
  // Shorter than a vector, whole ones, an odd number of them; words and neighbours that come again.
  for_each_target([](std::string_view target) {
    for (const std::size_t dim : {std::size_t{3}, std::size_t{16}, std::size_t{48}, std::size_t{102}, std::size_t{302}}) {
      const std::size_t length = padded_row(dim);
      Matrix<float> rows = random_records(4, dim, 1), columns = random_records(5, dim, 2);
      Records wanted_rows = doubles_of(rows), wanted_columns = doubles_of(columns);
      const std::vector<GlovePair> pairs = {{0, 0, 1.5F, 0.3F}, {1, 4, -0.5F, 1},   {0, 2, 4, 0.9F}, {3, 0, 0, 0.01F},
                                            {2, 1, 2, 0.5F},    {0, 0, 1.5F, 0.3F}, {3, 4, 7, 1},    {1, 3, 0.1F, 0}};
      double wanted = 0;
      for (const GlovePair& pair : pairs) wanted += step(pair, wanted_rows, wanted_columns, length);
      const double loss = learn_counts(pairs, {rows.data(), columns.data(), length, kRate});
      EXPECT_NEAR(loss, wanted, kTolerance * wanted) << target << ' ' << dim;
      expect_near(rows, wanted_rows, target);
      expect_near(columns, wanted_columns, target);
    }
  });
}

TEST(GloveStep, HoldsANumberWhoseSquareIsInfinite) {
  for_each_target([](std::string_view target) {
    Matrix<float> rows = random_records(1, 20, 1), columns = random_records(1, 20, 2);
    const float held = rows(0, 19), moved = rows(0, 18);
    const GlovePair pair{0, 0, 3, 1};
    learn_counts(std::span(&pair, 1), {rows.data(), columns.data(), padded_row(20), kRate});
    EXPECT_EQ(rows(0, 19), held) << target;
    EXPECT_NE(rows(0, 18), moved) << target;
    for (std::size_t i = 20; i < padded_row(20); ++i) EXPECT_EQ(rows(0, i), 0) << target << ": padding stays zero";
  });
}

TEST(GloveStep, BoundsWhatAWildPairCanDo) {
  for_each_target([](std::string_view target) {
    Matrix<float> rows = random_records(1, 20, 1), columns = random_records(1, 20, 2);
    const float before = rows(0, 0), other = columns(0, 0), square = rows(0, padded_row(20));
    const GlovePair pair{0, 0, 1e30F, 1};
    learn_counts(std::span(&pair, 1), {rows.data(), columns.data(), padded_row(20), kRate});
    EXPECT_NEAR(rows(0, 0), before + 100 * kRate * other / std::sqrt(square), 1e-4) << target;
  });
}

}  // namespace
}  // namespace akin::kernels
