// A first look by codes changes nothing but the time: the hits, and their distances to the last bit, are those of a search without it.
#include "first_look.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "akin/base/rng.h"
#include "akin/index/flat.h"
#include "akin/kernels/code_dot.h"
#include "akin/kernels/target.h"

namespace akin {
namespace {

constexpr Metric kMetrics[] = {Metric::cosine, Metric::dot, Metric::euclidean, Metric::manhattan};

// Rows around a few centres, so that some neighbours are near and many are not far behind.
Matrix<float> clustered_rows(std::size_t n, std::size_t dim, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> centres(20, dim), rows(n, dim);
  for (std::size_t i = 0; i < centres.size(); ++i) centres.data()[i] = rng.normal();
  for (std::size_t r = 0; r < n; ++r)
    for (std::size_t i = 0; i < dim; ++i) rows(r, i) = centres(r % 20, i) + 0.5F * rng.normal();
  return rows;
}

void expect_same(const Matrix<float>& rows, const Matrix<float>& queries, Metric metric, std::size_t k) {
  Context context(2);
  const VectorSet set(rows.view());
  const FlatIndex plain = build_flat(set, {metric}, context), fast = build_flat(set, {metric, true}, context);
  const auto batch = fast.searcher()->search_batch(queries.view(), {k, {}}, context);
  for (std::size_t q = 0; q < queries.rows(); ++q) {
    const std::vector<Neighbor> wanted = plain.searcher()->search(queries.row(q), {k, {}}, context);
    ASSERT_EQ(batch[q], wanted) << name_of(metric) << " query " << q << " k " << k;
    ASSERT_EQ(fast.searcher()->search(queries.row(q), {k, {}}, context), wanted) << name_of(metric) << " query " << q << " k " << k;
  }
}

TEST(FirstLook, GivesTheHitsOfASearchWithoutIt) {
  const Matrix<float> rows = clustered_rows(9000, 50, 1), queries = clustered_rows(140, 50, 2);
  for (const Metric metric : kMetrics)
    for (const std::size_t k : {1, 10, 200}) expect_same(rows, queries, metric, k);
}

TEST(FirstLook, FindsEqualDistancesInTheOrderOfIds) {
  Rng rng(3);
  Matrix<float> rows(8000, 3), queries(9, 3);
  for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] = static_cast<float>(rng.below(5));
  for (std::size_t i = 0; i < queries.size(); ++i) queries.data()[i] = static_cast<float>(rng.below(5));
  for (const Metric metric : kMetrics) expect_same(rows, queries, metric, 25);
}

TEST(FirstLook, SearchesRowsThatCodesTellLittleOf) {
  // One huge dimension takes nearly all of a code's range: most rows stay candidates, and the search goes through all of them.
  Matrix<float> rows = clustered_rows(6000, 30, 4), queries = clustered_rows(5, 30, 5);
  for (std::size_t r = 0; r < rows.rows(); ++r) rows(r, 0) = 4000;
  for (std::size_t q = 0; q < queries.rows(); ++q) queries(q, 0) = q % 2 == 0 ? 0.0F : -4000.0F;
  for (const Metric metric : kMetrics) expect_same(rows, queries, metric, 10);
}

TEST(FirstLook, SearchesRowsWithoutABound) {
  Matrix<float> rows = clustered_rows(5000, 8, 6);
  const Matrix<float> queries = clustered_rows(4, 8, 7);
  rows(77, 3) = std::numeric_limits<float>::quiet_NaN();
  for (const Metric metric : {Metric::dot, Metric::euclidean}) expect_same(rows, queries, metric, 10);
}

TEST(FirstLook, SearchesWithQueriesTooLongForABound) {
  const Matrix<float> rows = clustered_rows(5000, 8, 8);
  Matrix<float> queries = clustered_rows(4, 8, 9);
  for (std::size_t i = 0; i < 8; ++i) queries(2, i) = 1e19F;
  for (const Metric metric : {Metric::dot, Metric::cosine}) expect_same(rows, queries, metric, 10);
}

TEST(FirstLook, LeavesFewCandidates) {
  if (!kernels::code_dot_is_fast()) GTEST_SKIP() << "this CPU has no products of bytes: there is no first look";
  const Matrix<float> rows = clustered_rows(20000, 100, 10), queries = clustered_rows(20, 100, 11);
  Context context(2);
  const std::optional<FirstLook> look = FirstLook::build(VectorSet(rows.view()), Metric::dot, {}, context);
  ASSERT_TRUE(look.has_value());
  EXPECT_LT(look->n_bytes(), rows.size() + 16 * rows.rows());
  for (const Candidates& candidates : look->look(queries.view(), 10, context)) {
    EXPECT_TRUE(candidates.bounded);
    EXPECT_GE(candidates.rows.size(), 10U);
    EXPECT_LT(candidates.rows.size(), 1000U);
  }
  // An eighth of the rows, of each: what a crowd of equal rows holds.
  EXPECT_GE(look->queries_at_once(10), 128U);
  EXPECT_LE(look->queries_at_once(10) * (rows.rows() / 8) * sizeof(Candidate), std::size_t{256} << 20);
}

TEST(FirstLook, IsNotMadeWhereTheCpuHasNoProductsOfBytes) {
  const Matrix<float> rows = clustered_rows(5000, 16, 12), queries = clustered_rows(3, 16, 13);
  Context context(1);
  kernels::for_each_target([&](std::string_view target) {
    EXPECT_EQ(FirstLook::build(VectorSet(rows.view()), Metric::dot, {}, context).has_value(), kernels::code_dot_is_fast()) << target;
    expect_same(rows, queries, Metric::cosine, 5);
  });
}

}  // namespace
}  // namespace akin
