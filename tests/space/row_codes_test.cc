// Codes of rows: the bound holds for every pair, whatever the rows look like.
#include "akin/space/row_codes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "akin/base/rng.h"
#include "akin/kernels/distance.h"

namespace akin {
namespace {

Matrix<float> random_rows(std::size_t n, std::size_t dim, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> rows(n, dim);
  for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] = rng.normal();
  return rows;
}

// The largest |product by codes − product by floats| / bound over all pairs; `factors` as in encode().
double worst_share(const Matrix<float>& rows, std::span<const float> factors, const Matrix<float>& queries) {
  Context context(2);
  const VectorSet set(rows.view());
  const std::optional<RowCodes> codes = RowCodes::encode(set, factors, context);
  EXPECT_TRUE(codes.has_value());
  if (!codes) return 0;
  const QueryCodes coded = encode_queries(queries.view());
  double worst = 0;
  for (std::size_t b = 0; b < codes->n_blocks(); ++b) {
    const RowCodes::Block block = codes->block(b);
    Matrix<float> out(queries.rows(), block.panels.n_panels * kernels::kPanelRows);
    kernels::code_dots({coded.codes.view(), coded.scales, coded.sums}, block.panels, out.view());
    for (std::size_t q = 0; q < queries.rows(); ++q)
      for (std::size_t r = 0; r < block.n_rows; ++r) {
        const std::uint64_t id = block.first_id + r;
        const float factor = factors.empty() ? 1.0F : factors[id];
        const float product = kernels::dot(queries.row(q), rows.row(id)) * factor;
        worst = std::max(worst, std::abs(out(q, r) - product) / static_cast<double>(product_error(coded, q, block)));
      }
  }
  return worst;
}

TEST(RowCodes, StayWithinTheirBoundForRowsOfAnyShape) {
  for (const std::size_t dim : {1, 3, 64, 383}) {
    const Matrix<float> queries = random_rows(7, dim, 1);
    EXPECT_LE(worst_share(random_rows(700, dim, 2), {}, queries), 1) << dim;
    Matrix<float> spiky = random_rows(300, dim, 3);
    for (std::size_t r = 0; r < spiky.rows(); ++r) spiky(r, r % dim) *= 1000;
    EXPECT_LE(worst_share(spiky, {}, queries), 1) << dim;
    Matrix<float> scaled = random_rows(300, dim, 4);
    std::vector<float> factors;
    for (std::size_t r = 0; r < scaled.rows(); ++r) factors.push_back(std::ldexp(1.0F, static_cast<int>(r % 40) - 20));
    EXPECT_LE(worst_share(scaled, factors, queries), 1) << dim;
  }
}

TEST(RowCodes, BoundWhatTheWorstRowsLose) {
  // Rows and queries half a step from every code, all errors of one sign: the bound is nearly reached, so it is not just large.
  constexpr std::size_t kDim = 64;
  Matrix<float> rows(300, kDim), queries(1, kDim);
  for (std::size_t r = 0; r < rows.rows(); ++r)
    for (std::size_t i = 0; i < kDim; ++i) rows(r, i) = i == 0 ? 127.0F : 10.49F;
  for (std::size_t i = 0; i < kDim; ++i) queries(0, i) = i == 0 ? 0.0F : 127.0F;
  const double share = worst_share(rows, {}, queries);
  EXPECT_LE(share, 1);
  EXPECT_GT(share, 0.9);
}

TEST(RowCodes, CodeZerosAndTinyNumbers) {
  Matrix<float> rows(300, 8);
  for (std::size_t i = 0; i < 8; ++i) rows(1, i) = std::numeric_limits<float>::denorm_min();
  EXPECT_LE(worst_share(rows, {}, random_rows(3, 8, 5)), 1);
}

TEST(RowCodes, AreNotMadeOfRowsWithoutABound) {
  Context context(1);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e30F}) {
    Matrix<float> rows = random_rows(20, 4, 6);
    rows(11, 2) = bad;
    EXPECT_FALSE(RowCodes::encode(VectorSet(rows.view()), {}, context).has_value()) << bad;
  }
}

TEST(RowCodes, DoNotDependOnSegmentsAndThreads) {
  const Matrix<float> rows = random_rows(1000, 20, 7), queries = random_rows(3, 20, 8);
  VectorSet parts(20);
  parts.add_segment(rows.view().middle_rows(0, 33));
  parts.add_segment(rows.view().middle_rows(33, 967));
  Context one(1), two(2);
  const std::optional<RowCodes> a = RowCodes::encode(VectorSet(rows.view()), {}, one), b = RowCodes::encode(parts, {}, two);
  ASSERT_TRUE(a && b);
  ASSERT_EQ(a->n_blocks(), 4U);
  for (std::size_t i = 0; i < a->n_blocks(); ++i) {
    const RowCodes::Block x = a->block(i), y = b->block(i);
    EXPECT_EQ(x.error, y.error);
    EXPECT_EQ(x.norm, y.norm);
    ASSERT_EQ(x.panels.n_panels, y.panels.n_panels);
    EXPECT_TRUE(std::equal(x.panels.bytes, x.panels.bytes + x.panels.n_panels * kernels::kPanelRows * x.panels.dim, y.panels.bytes));
  }
}

}  // namespace
}  // namespace akin
