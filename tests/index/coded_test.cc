// Search by codes against exact search: what it finds is measured exactly, it finds nearly all, and filters lose nothing.
#include "akin/index/coded.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/index/flat.h"
#include "akin/index/recall.h"

namespace akin {
namespace {

constexpr SearchCode kCodes[] = {SearchCode::f16, SearchCode::bf16, SearchCode::i8, SearchCode::rabitq, SearchCode::bit};
constexpr Metric kMetrics[] = {Metric::cosine, Metric::dot, Metric::euclidean};

// Points around 40 centres, of lengths from 1 to 3: neighbours are worth finding.
Matrix<float> clustered_rows(std::size_t n, std::size_t dim, std::uint64_t seed) {
  Rng centres(99), rng(seed);
  Matrix<float> at(40, dim), rows(n, dim);
  for (std::size_t i = 0; i < at.size(); ++i) at.data()[i] = centres.normal();
  for (std::size_t r = 0; r < n; ++r) {
    const std::size_t c = rng.below(40);
    const float length = 1 + 2 * rng.uniform();
    for (std::size_t i = 0; i < dim; ++i) rows(r, i) = length * (at(c, i) + 0.5F * rng.normal());
  }
  return rows;
}

// One bit of 96 dimensions is off by about a tenth of a vector's length (bit_codes_test.cc), as much as neighbours of a cluster differ.
// Signs know nothing of lengths, which decide dot products and Euclidean distances here.
double least_recall(SearchCode code, Metric metric) {
  if (code == SearchCode::bit) return metric == Metric::cosine ? 0.9 : 0.4;
  return code == SearchCode::rabitq ? 0.9 : 0.99;
}

TEST(CodedIndex, FindsNearlyWhatExactSearchFinds) {
  Context context(2);
  const Matrix<float> rows = clustered_rows(5000, 96, 1), queries = clustered_rows(50, 96, 2);
  const VectorSet set(rows.view());
  for (const Metric metric : kMetrics) {
    const auto wanted = build_flat(set, {metric}, context).searcher()->search_batch(queries.view(), {}, context);
    for (const SearchCode code : kCodes) {
      const CodedIndex index = build_coded(set, {metric, code}, context);
      const auto found = index.searcher()->search_batch(queries.view(), {}, context);
      EXPECT_GE(recall_of(found, wanted), least_recall(code, metric)) << name_of(metric) << ' ' << name_of(code);
    }
  }
}

TEST(CodedIndex, GivesExactDistancesInTheirOrder) {
  Context context(1);
  const Matrix<float> rows = clustered_rows(1000, 33, 3), queries = clustered_rows(3, 33, 4);
  const VectorSet set(rows.view());
  for (const Metric metric : kMetrics)
    for (const SearchCode code : kCodes) {
      const auto all = build_flat(set, {metric}, context).searcher()->search(queries.row(0), {.k = 1000, .filter = {}}, context);
      for (const Neighbor& hit : build_coded(set, {metric, code}, context).searcher()->search(queries.row(0), {}, context))
        EXPECT_TRUE(std::find(all.begin(), all.end(), hit) != all.end()) << name_of(metric) << ' ' << name_of(code) << ' ' << hit.id;
    }
}

TEST(CodedIndex, WithAllRowsMeasuredAgainIsExact) {
  Context context(2);
  const Matrix<float> rows = clustered_rows(700, 20, 5), queries = clustered_rows(5, 20, 6);
  const VectorSet set(rows.view());
  for (const SearchCode code : kCodes) {
    const auto wanted = build_flat(set, {Metric::cosine}, context).searcher()->search_batch(queries.view(), {}, context);
    const CodedIndex index = build_coded(set, {Metric::cosine, code, 70}, context);
    EXPECT_EQ(index.searcher()->search_batch(queries.view(), {}, context), wanted) << name_of(code);
  }
}

TEST(CodedIndex, GivesEveryQueryTheSameAloneAndOnAnyNumberOfThreads) {
  Context one(1), two(2);
  const Matrix<float> rows = clustered_rows(40'000, 16, 7), queries = clustered_rows(70, 16, 8);
  VectorSet set(16);
  set.add_segment(rows.view().middle_rows(0, 777));
  set.add_segment(rows.view().middle_rows(777, 39'223));
  for (const SearchCode code : kCodes) {
    const CodedIndex index = build_coded(set, {Metric::dot, code}, two);
    const auto batch = index.searcher()->search_batch(queries.view(), {.k = 7, .filter = {}}, two);
    EXPECT_EQ(index.searcher()->search_batch(queries.view(), {.k = 7, .filter = {}}, one), batch);
    const CodedIndex again = build_coded(set, {Metric::dot, code}, one);
    for (const std::size_t q : {0UL, 33UL, 69UL})
      EXPECT_EQ(again.searcher()->search(queries.row(q), {.k = 7, .filter = {}}, one), batch[q]) << name_of(code);
  }
}

TEST(CodedIndex, ReturnsKHitsOfAFilterWheneverThereAreSoMany) {
  Context context(2);
  const Matrix<float> rows = clustered_rows(3000, 24, 9), queries = clustered_rows(2, 24, 10);
  const VectorSet set(rows.view());
  for (const std::size_t every : {2UL, 10UL, 100UL, 1000UL}) {
    std::vector<std::uint64_t> ids;
    for (std::uint64_t id = 1; id < 3000; id += every) ids.push_back(id);
    const SearchParameters parameters{.k = 10, .filter = RowFilter::from_ids(ids)};
    for (const SearchCode code : kCodes) {
      const auto hits = build_coded(set, {Metric::cosine, code}, context).searcher()->search(queries.row(0), parameters, context);
      EXPECT_EQ(hits.size(), std::min<std::size_t>(10, ids.size())) << name_of(code) << " every " << every;
      for (const Neighbor& hit : hits) EXPECT_TRUE(std::binary_search(ids.begin(), ids.end(), hit.id));
    }
  }
}

TEST(CodedIndex, IsBuiltOverNoRows) {
  Context context(1);
  const std::vector<float> query(8, 1);
  for (const SearchCode code : kCodes)
    EXPECT_TRUE(build_coded(VectorSet(8), {Metric::cosine, code}, context).searcher()->search(query, {}, context).empty());
}

TEST(CodedIndex, GivesAllRowsForAKThatIsLarger) {
  Context context(1);
  const Matrix<float> rows = clustered_rows(20, 8, 11);
  const VectorSet set(rows.view());
  for (const SearchCode code : kCodes) {
    const auto hits =
        build_coded(set, {Metric::cosine, code}, context).searcher()->search(rows.row(3), {.k = 1'000'000'000, .filter = {}}, context);
    EXPECT_EQ(hits.size(), 20U) << name_of(code);
  }
}

TEST(CodedIndex, RefusesWhatItCannotDo) {
  Context context(1);
  const Matrix<float> rows = clustered_rows(20, 8, 12);
  const VectorSet set(rows.view());
  EXPECT_THROW((void)build_coded(set, {Metric::manhattan, SearchCode::i8}, context), Error);
  EXPECT_THROW((void)build_coded(VectorSet(), {}, context), Error);
  const auto searcher = build_coded(set, {}, context).searcher();
  const std::vector<float> short_query(7), nan_query(8, std::numeric_limits<float>::quiet_NaN());
  EXPECT_THROW((void)searcher->search(short_query, {}, context), Error);
  EXPECT_THROW((void)searcher->search(nan_query, {}, context), Error);
  EXPECT_THROW((void)searcher->search(rows.row(0), {.k = 0, .filter = {}}, context), Error);
}

}  // namespace
}  // namespace akin
