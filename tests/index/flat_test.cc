// Exact search against a plain loop in double precision, and against itself: any threads, segments, batch and filter give the same hits.
#include "akin/index/flat.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "akin/base/error.h"
#include "akin/base/rng.h"

namespace akin {
namespace {

constexpr Metric kMetrics[] = {Metric::cosine, Metric::dot, Metric::euclidean, Metric::manhattan};

Matrix<float> random_rows(std::size_t n, std::size_t dim, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> rows(n, dim);
  for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] = rng.normal();
  return rows;
}

// Small whole numbers: every distance is exact in float, and there are many ties.
Matrix<float> whole_rows(std::size_t n, std::size_t dim, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> rows(n, dim);
  for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] = static_cast<float>(rng.below(3)) - 1;
  return rows;
}

std::vector<std::uint64_t> ids_of(const std::vector<Neighbor>& hits) {
  std::vector<std::uint64_t> ids;
  for (const Neighbor& hit : hits) ids.push_back(hit.id);
  return ids;
}

// Order by `distance_between`, ties by id; `keep` says which ids may come.
template <class Keep>
std::vector<std::uint64_t> plain_search(const VectorSet& set, Metric metric, std::span<const float> query, std::size_t k, Keep keep) {
  std::vector<std::pair<float, std::uint64_t>> all;
  for (std::uint64_t id = 0; id < set.size(); ++id)
    if (keep(id)) all.emplace_back(distance_between(metric, query, set.row(id)), id);
  std::sort(all.begin(), all.end());
  std::vector<std::uint64_t> ids;
  for (std::size_t i = 0; i < std::min(k, all.size()); ++i) ids.push_back(all[i].second);
  return ids;
}

constexpr auto kAll = [](std::uint64_t) { return true; };

TEST(FlatSearch, EqualsAPlainLoopForEveryMetric) {
  const Matrix<float> rows = random_rows(3000, 40, 1), queries = random_rows(5, 40, 2);
  const VectorSet set(rows.view());
  Context context(2);
  for (const Metric metric : kMetrics) {
    const FlatIndex index = build_flat(set, {metric}, context);
    const auto searcher = index.searcher();
    for (std::size_t q = 0; q < queries.rows(); ++q)
      for (const std::size_t k : {1, 10, 100}) {
        const std::vector<Neighbor> hits = searcher->search(queries.row(q), {k, {}}, context);
        EXPECT_EQ(ids_of(hits), plain_search(set, metric, queries.row(q), k, kAll)) << name_of(metric) << " query " << q;
        for (const Neighbor& hit : hits) {
          // 40 sums of float products against one rounding of a sum in double.
          EXPECT_NEAR(hit.distance, distance_between(metric, queries.row(q), set.row(hit.id)), 2e-5) << name_of(metric);
        }
      }
  }
}

TEST(FlatSearch, OrdersEqualDistancesById) {
  const Matrix<float> rows = whole_rows(20000, 4, 3), queries = whole_rows(9, 4, 4);
  const VectorSet set(rows.view());
  for (const Metric metric : {Metric::dot, Metric::euclidean, Metric::manhattan})
    for (const int threads : {1, 2, 3}) {
      Context context(threads);
      const FlatIndex index = build_flat(set, {metric}, context);
      for (std::size_t q = 0; q < queries.rows(); ++q)
        EXPECT_EQ(ids_of(index.searcher()->search(queries.row(q), {50, {}}, context)), plain_search(set, metric, queries.row(q), 50, kAll))
            << name_of(metric) << " threads " << threads;
    }
}

TEST(FlatSearch, GivesABatchExactlyWhatEachQueryGetsAlone) {
  const Matrix<float> rows = random_rows(40000, 19, 5);
  const VectorSet set(rows.view());
  for (const Metric metric : kMetrics)
    for (const std::size_t n_queries : {1, 3, 5, 130, 300}) {
      if (metric != Metric::cosine && n_queries > 130) continue;
      const Matrix<float> queries = random_rows(n_queries, 19, 6);
      Context one(1), two(2);
      const FlatIndex index = build_flat(set, {metric}, one);
      const auto searcher = index.searcher();
      const auto batch = searcher->search_batch(queries.view(), {7, {}}, two);
      EXPECT_EQ(batch, searcher->search_batch(queries.view(), {7, {}}, one));
      ASSERT_EQ(batch.size(), n_queries);
      for (std::size_t q = 0; q < n_queries; ++q)
        ASSERT_EQ(batch[q], searcher->search(queries.row(q), {7, {}}, two)) << name_of(metric) << " query " << q << " of " << n_queries;
    }
}

TEST(FlatSearch, DoesNotDependOnHowTheRowsLie) {
  const Matrix<float> rows = random_rows(30000, 8, 7), queries = random_rows(20, 8, 8);
  const VectorSet whole(rows.view());
  VectorSet parts(8);
  for (std::size_t begin = 0, n = 1; begin < rows.rows(); begin += n, n = std::min(n * 3, rows.rows() - begin))
    parts.add_segment(rows.view().middle_rows(begin, n));
  ASSERT_GT(parts.segments().size(), 5U);
  Context context(2);
  for (const Metric metric : kMetrics) {
    const FlatIndex one = build_flat(whole, {metric}, context), many = build_flat(parts, {metric}, context);
    EXPECT_EQ(one.searcher()->search_batch(queries.view(), {9, {}}, context),
              many.searcher()->search_batch(queries.view(), {9, {}}, context));
    for (std::size_t q = 0; q < queries.rows(); ++q)
      EXPECT_EQ(one.searcher()->search(queries.row(q), {9, {}}, context), many.searcher()->search(queries.row(q), {9, {}}, context));
  }
}

TEST(FlatSearch, ReturnsTheNearestOfTheRowsThatAFilterKeeps) {
  const Matrix<float> rows = random_rows(20000, 12, 9), queries = random_rows(6, 12, 10);
  VectorSet set(12);
  set.add_segment(rows.view().middle_rows(0, 7001));
  set.add_segment(rows.view().middle_rows(7001, 12999));
  Context context(2);
  for (const std::uint64_t share : {2, 100, 5000}) {
    Rng rng(share);
    std::vector<std::uint64_t> bits((set.size() + 63) / 64), ids;
    for (std::uint64_t id = 0; id < set.size(); ++id)
      if (rng.below(share) == 0) {
        bits[id / 64] |= std::uint64_t{1} << id % 64;
        ids.push_back(id);
      }
    const auto keep = [&](std::uint64_t id) { return (bits[id / 64] >> id % 64 & 1) != 0; };
    for (const Metric metric : kMetrics) {
      const FlatIndex index = build_flat(set, {metric}, context);
      const auto searcher = index.searcher();
      const auto batch = searcher->search_batch(queries.view(), {10, RowFilter::from_bits(bits)}, context);
      for (std::size_t q = 0; q < queries.rows(); ++q) {
        const auto hits = searcher->search(queries.row(q), {10, RowFilter::from_bits(bits)}, context);
        EXPECT_EQ(hits.size(), std::min<std::size_t>(10, ids.size()));
        EXPECT_EQ(ids_of(hits), plain_search(set, metric, queries.row(q), 10, keep)) << name_of(metric) << " 1 in " << share;
        EXPECT_EQ(hits, searcher->search(queries.row(q), {10, RowFilter::from_ids(ids)}, context));
        EXPECT_EQ(hits, batch[q]);
      }
    }
  }
}

TEST(FlatSearch, ReturnsNothingWhenNothingIsKept) {
  const Matrix<float> rows = random_rows(10, 4, 11);
  Context context(1);
  const FlatIndex index = build_flat(VectorSet(rows.view()), {}, context);
  const std::vector<std::uint64_t> none(1);
  EXPECT_TRUE(index.searcher()->search(rows.row(0), {3, RowFilter::from_bits(none)}, context).empty());
  const auto batch = index.searcher()->search_batch(rows.view(), {3, RowFilter::from_ids({})}, context);
  ASSERT_EQ(batch.size(), 10U);
  for (const auto& hits : batch) EXPECT_TRUE(hits.empty());
}

TEST(FlatSearch, ReturnsEveryRowWhenThereAreFewerThanK) {
  const Matrix<float> rows = random_rows(5, 4, 12);
  Context context(1);
  const FlatIndex index = build_flat(VectorSet(rows.view()), {Metric::euclidean}, context);
  EXPECT_EQ(index.searcher()->search(rows.row(2), {50, {}}, context).size(), 5U);
  EXPECT_EQ(index.searcher()->search(rows.row(2), {50, {}}, context)[0], (Neighbor{2, 0}));
}

TEST(FlatSearch, FindsNothingInAnEmptySet) {
  Context context(1);
  const FlatIndex index = build_flat(VectorSet(std::size_t{4}), {}, context);
  const Matrix<float> queries(2, 4);
  EXPECT_TRUE(index.searcher()->search(queries.row(0), {3, {}}, context).empty());
  EXPECT_EQ(index.searcher()->search_batch(queries.view(), {3, {}}, context).size(), 2U);
}

TEST(FlatSearch, TakesTheOwnersWordForUnitLength) {
  Matrix<float> rows = random_rows(500, 16, 13);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    double sum = 0;
    for (const float x : rows.row(r)) sum += static_cast<double>(x) * x;
    for (float& x : rows.row(r)) x = static_cast<float>(x / std::sqrt(sum));
  }
  Context context(1);
  const FlatIndex vouched = build_flat(VectorSet(rows.view(), true), {}, context),
                  measured = build_flat(VectorSet(rows.view()), {}, context);
  for (std::size_t q = 0; q < 10; ++q) {
    const auto a = vouched.searcher()->search(rows.row(q), {5, {}}, context),
               b = measured.searcher()->search(rows.row(q), {5, {}}, context);
    EXPECT_EQ(ids_of(a), ids_of(b));
    EXPECT_NEAR(a[0].distance, 0, 1e-6);  // a vector's cosine to itself, rounded a few times
    EXPECT_GE(a[0].distance, 0);
  }
}

TEST(FlatSearch, PutsRowsThatAreNotFiniteLast) {
  Matrix<float> rows = random_rows(50, 4, 14);
  rows(7, 2) = std::numeric_limits<float>::quiet_NaN();
  rows(9, 0) = std::numeric_limits<float>::infinity();
  const Matrix<float> query = random_rows(1, 4, 15);
  Context context(1);
  const FlatIndex index = build_flat(VectorSet(rows.view()), {Metric::euclidean}, context);
  const auto hits = index.searcher()->search(query.row(0), {50, {}}, context);
  ASSERT_EQ(hits.size(), 50U);
  EXPECT_EQ(hits[48].id, 7U);
  EXPECT_EQ(hits[49].id, 9U);
  const FlatIndex cosine = build_flat(VectorSet(rows.view()), {}, context);
  EXPECT_EQ(cosine.searcher()->search(query.row(0), {50, {}}, context).size(), 50U);
}

TEST(FlatSearch, RefusesAQueryThatDoesNotFit) {
  const Matrix<float> rows = random_rows(5, 4, 16);
  Context context(1);
  const FlatIndex index = build_flat(VectorSet(rows.view()), {}, context);
  const auto searcher = index.searcher();
  const std::vector<float> short_query(3), broken = {1, 2, std::numeric_limits<float>::quiet_NaN(), 4};
  const std::vector<std::uint64_t> outside = {5};
  try {
    searcher->search(short_query, {3, {}}, context);
    FAIL() << "a query of another dimension was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::mismatch);
    EXPECT_STREQ(error.what(), "search: the query has 3 dimensions, the indexed vectors have 4");
  }
  EXPECT_THROW(searcher->search(rows.row(0), {0, {}}, context), Error);
  EXPECT_THROW(searcher->search(broken, {3, {}}, context), Error);
  EXPECT_THROW(searcher->search(rows.row(0), {3, RowFilter::from_ids(outside)}, context), Error);
  EXPECT_THROW(searcher->search_batch({broken.data(), 1, 4}, {3, {}}, context), Error);
}

TEST(FlatSearch, StopsWhenCancelled) {
  const Matrix<float> rows = random_rows(50, 4, 17);
  Context context(1);
  const FlatIndex index = build_flat(VectorSet(rows.view()), {Metric::dot}, context);
  context.cancel.cancel();
  try {
    index.searcher()->search(rows.row(0), {3, {}}, context);
    FAIL() << "the search went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
}

}  // namespace
}  // namespace akin
