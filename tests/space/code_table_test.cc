// Codes of rows: what they estimate is near the distance, in its order on average, and rows without a code do no harm.
#include "akin/space/code_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/space/normalize.h"

namespace akin {
namespace {

Matrix<float> random_rows(std::size_t n, std::size_t dim, float mean, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> rows(n, dim);
  for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] = mean + rng.normal();
  return rows;
}

std::vector<std::uint32_t> all_of(std::size_t n) {
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  return order;
}

double squared_distance(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::pow(static_cast<double>(a[i]) - b[i], 2);
  return sum;
}

// The mean of |estimate − truth| over all rows, where both are taken relative to row 0's, as a share of the mean distance.
double estimate_error(const Matrix<float>& rows, std::vector<float> query, Metric metric, int bits) {
  Context context(2);
  const VectorSet set(rows.view());
  const std::vector<std::uint32_t> order = all_of(rows.rows());
  const CodeTable table = CodeTable::encode(set, CodeTable::frame_of(set, metric, context), bits, order, context);
  if (metric == Metric::cosine) normalize(query);
  Matrix<std::int8_t> room(1, table.query_size());
  std::vector<std::int32_t> sums(rows.rows());
  std::vector<float> estimates(rows.rows());
  table.estimate(table.encode_query(query, room.row(0)), order, sums, estimates);
  std::vector<double> truth;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    std::vector<float> row(rows.row(r).begin(), rows.row(r).end());
    if (metric == Metric::cosine) normalize(row);
    truth.push_back(metric == Metric::dot ? -2.0 * std::inner_product(row.begin(), row.end(), query.begin(), 0.0)
                                          : squared_distance(row, query));
  }
  double error = 0, size = 0, shift = 0;
  for (std::size_t r = 0; r < truth.size(); ++r) shift += (estimates[r] - truth[r]) / static_cast<double>(truth.size());
  for (std::size_t r = 0; r < truth.size(); ++r) {
    error += std::abs(estimates[r] - truth[r] - shift);
    size += std::abs(truth[r]);
  }
  return error / size;
}

std::vector<float> random_query(std::size_t dim, float mean, std::uint64_t seed) {
  const Matrix<float> one = random_rows(1, dim, mean, seed);
  return {one.row(0).begin(), one.row(0).end()};
}

TEST(CodeTable, EstimatesDistancesUpToWhatAllRowsShare) {
  const Matrix<float> rows = random_rows(500, 200, 0, 1);
  const std::vector<float> query = random_query(200, 0, 2);
  for (const Metric metric : {Metric::cosine, Metric::euclidean}) {
    // 8 bits leave a hundredth of a standard deviation in each number, 4 bits a tenth; of 200 numbers a part averages out.
    EXPECT_LT(estimate_error(rows, query, metric, 8), 0.002) << name_of(metric);
    EXPECT_LT(estimate_error(rows, query, metric, 4), 0.02) << name_of(metric);
  }
  // A product of random vectors is small beside their lengths, so the same error is a larger part of it.
  EXPECT_LT(estimate_error(rows, query, Metric::dot, 8), 0.02);
  EXPECT_LT(estimate_error(rows, query, Metric::dot, 4), 0.2);
}

TEST(CodeTable, IsAsGoodWhereRowsShareALargeMean) {
  const Matrix<float> rows = random_rows(500, 200, 10, 3);
  const std::vector<float> query = random_query(200, 10, 4);
  EXPECT_LT(estimate_error(rows, query, Metric::euclidean, 4), 0.02);
  EXPECT_LT(estimate_error(rows, query, Metric::cosine, 4), 0.02);
}

TEST(CodeTable, MeasuresRowsFromARow) {
  const Matrix<float> rows = random_rows(300, 96, 1, 5);
  Context context(1);
  const VectorSet set(rows.view());
  const std::vector<std::uint32_t> order = all_of(rows.rows());
  for (const Metric metric : {Metric::euclidean, Metric::dot}) {
    const CodeFrame frame = CodeTable::frame_of(set, metric, context);
    const CodeTable table = CodeTable::encode(set, frame, 8, order, context);
    Matrix<std::int8_t> room(1, table.query_size());
    std::vector<std::int32_t> sums(rows.rows());
    std::vector<float> estimates(rows.rows());
    const CodeQuery query = table.row_as_query(7, room.row(0));
    table.estimate(query, order, sums, estimates);
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      double truth = squared_distance(rows.row(7), rows.row(r));
      if (metric == Metric::dot) {
        const auto extra = [&](std::size_t id) {
          const double norm = norm_of(rows.row(id));
          return std::sqrt(std::max(0.0, static_cast<double>(frame.longest2) - norm * norm));
        };
        truth += std::pow(extra(7) - extra(r), 2);
      }
      // About 200 is the usual distance; two codes are off by a hundredth in each number.
      EXPECT_NEAR(estimates[r] + query.norm2, truth, 4) << name_of(metric) << " row " << r;
    }
  }
}

TEST(CodeTable, GivesRowsWithoutACodeNoDistance) {
  Matrix<float> rows = random_rows(20, 16, 0, 6);
  rows(3, 5) = std::numeric_limits<float>::quiet_NaN();
  rows(4, 0) = std::numeric_limits<float>::infinity();
  for (std::size_t i = 0; i < 16; ++i) rows(5, i) = 1e19F;
  for (std::size_t i = 0; i < 16; ++i) rows(6, i) = 0;
  Context context(1);
  const VectorSet set(rows.view());
  for (const int bits : {4, 8})
    for (const Metric metric : {Metric::cosine, Metric::dot, Metric::euclidean}) {
      const CodeFrame frame = CodeTable::frame_of(set, metric, context);
      for (const float x : frame.mean) EXPECT_TRUE(std::isfinite(x));
      const CodeTable table = CodeTable::encode(set, frame, bits, all_of(20), context);
      for (const std::uint32_t row : {3, 4, 5}) {
        EXPECT_EQ(table.factors()[row].scale, 0) << row;
        EXPECT_EQ(table.factors()[row].norm2, 0) << row;
      }
      Matrix<std::int8_t> room(1, table.query_size());
      std::vector<std::int32_t> sums(20);
      std::vector<float> estimates(20);
      table.estimate(table.encode_query(rows.row(0), room.row(0)), all_of(20), sums, estimates);
      for (const float x : estimates) EXPECT_TRUE(std::isfinite(x));
    }
}

TEST(CodeTable, GivesTheSameCodesInAnotherOrder) {
  const Matrix<float> rows = random_rows(50, 70, 0, 7);
  Context context(2);
  const VectorSet set(rows.view());
  const CodeFrame frame = CodeTable::frame_of(set, Metric::cosine, context);
  std::vector<std::uint32_t> backwards = all_of(50);
  std::reverse(backwards.begin(), backwards.end());
  const CodeTable table = CodeTable::encode(set, frame, 4, all_of(50), context).reordered(backwards, context);
  const CodeTable wanted = CodeTable::encode(set, frame, 4, backwards, context);
  for (std::size_t r = 0; r < 50; ++r) EXPECT_TRUE(std::ranges::equal(table.codes().row(r), wanted.codes().row(r)));
}

TEST(CodeTable, ExtendedByRowsIsAsIfAllWereCodedAtOnce) {
  const Matrix<float> rows = random_rows(50, 70, 1, 9);
  Context context(2);
  const VectorSet set(rows.view());
  const CodeFrame frame = CodeTable::frame_of(set, Metric::cosine, context);
  const std::vector<std::uint32_t> first = {4, 8, 15, 16}, kept = {3, 1}, added = {23, 42}, wanted = {16, 8, 23, 42};
  for (const int bits : {4, 8}) {
    const CodeTable longer = CodeTable::encode(set, frame, bits, first, context).extended(kept, set, added, context);
    const CodeTable at_once = CodeTable::encode(set, frame, bits, wanted, context);
    ASSERT_EQ(longer.size(), wanted.size());
    EXPECT_EQ(longer.bits(), bits);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      EXPECT_TRUE(std::ranges::equal(longer.codes().row(i), at_once.codes().row(i))) << bits << " bits, row " << i;
      EXPECT_EQ(longer.factors()[i].scale, at_once.factors()[i].scale);
      EXPECT_EQ(longer.factors()[i].norm2, at_once.factors()[i].norm2);
    }
  }
}

TEST(CodeTable, RefusesManhattanDistances) {
  const Matrix<float> rows = random_rows(5, 4, 0, 8);
  Context context(1);
  EXPECT_THROW(CodeTable::frame_of(VectorSet(rows.view()), Metric::manhattan, context), Error);
}

}  // namespace
}  // namespace akin
