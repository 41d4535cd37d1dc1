#include "akin/analysis/knn_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "akin/base/error.h"
#include "akin/kernels/top_k.h"
#include "points.h"

namespace akin {
namespace {

using analysis::blobs;
using analysis::equal_rows;

std::vector<kernels::Scored> scan(MatrixView<const float> rows, std::span<const float> query, Metric metric, std::size_t except) {
  std::vector<kernels::Scored> all;
  for (std::size_t r = 0; r < rows.rows(); ++r)
    if (r != except) all.push_back({distance_between(metric, query, rows.row(r)), r});
  std::sort(all.begin(), all.end());
  return all;
}

void expect_neighbours(const KnnGraph& graph, MatrixView<const float> queries, MatrixView<const float> rows, Metric metric, bool is_self) {
  for (std::size_t q = 0; q < queries.rows(); ++q) {
    const auto wanted = scan(rows, queries.row(q), metric, is_self ? q : rows.rows());
    for (std::size_t j = 0; j < graph.k(); ++j) {
      // Sums in another order: a few roundings of numbers up to 40.
      EXPECT_NEAR(graph.distances(q, j), wanted[j].distance, 1e-4);
      EXPECT_NEAR(distance_between(metric, queries.row(q), rows.row(graph.ids(q, j))), wanted[j].distance, 1e-4);
    }
  }
}

TEST(KnnGraph, HasTheNearestByTreeAndByScan) {
  Context context(2);
  const Matrix<float> rows = blobs(600, 5, 7, 1, 1), queries = blobs(30, 5, 7, 1, 2);
  for (const KnnMethod method : {KnnMethod::tree, KnnMethod::scan}) {
    const KnnOptions options{.k = 9, .method = method};
    const KnnGraph graph = knn_graph(rows.view(), options, context);
    EXPECT_EQ(graph.method, method);
    expect_neighbours(graph, rows.view(), rows.view(), Metric::euclidean, true);
    expect_neighbours(knn_of(queries.view(), rows.view(), options, context), queries.view(), rows.view(), Metric::euclidean, false);
  }
}

TEST(KnnGraph, KnowsOtherMetricsByScan) {
  Context context(2);
  const Matrix<float> rows = blobs(300, 30, 7, 1, 1);
  for (const Metric metric : {Metric::cosine, Metric::manhattan}) {
    const KnnGraph graph = knn_graph(rows.view(), {.k = 4, .metric = metric}, context);
    EXPECT_EQ(graph.method, KnnMethod::scan);
    expect_neighbours(graph, rows.view(), rows.view(), metric, true);
  }
}

TEST(KnnGraph, ByGraphSearchMissesFew) {
  Context context(2);
  const Matrix<float> rows = blobs(6000, 24, 60, 2, 1);
  const KnnGraph exact = knn_graph(rows.view(), {.k = 10, .exact = true}, context);
  const KnnGraph graph = knn_graph(rows.view(), {.k = 10, .method = KnnMethod::graph}, context);
  std::size_t n_found = 0;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    EXPECT_EQ(std::ranges::count(graph.ids.row(r), r), 0);
    for (const std::uint32_t id : exact.ids.row(r)) n_found += std::ranges::count(graph.ids.row(r), id);
  }
  EXPECT_GE(n_found, exact.ids.size() * 98 / 100);
}

TEST(KnnGraph, IsTheSameOnAnyNumberOfThreads) {
  const Matrix<float> rows = blobs(5000, 6, 9, 1, 1), wide = blobs(5000, 20, 9, 1, 1);
  for (const KnnMethod method : {KnnMethod::tree, KnnMethod::scan, KnnMethod::graph}) {
    const MatrixView<const float> view = method == KnnMethod::tree ? rows.view() : wide.view();
    Context one(1), two(2);
    const KnnGraph a = knn_graph(view, {.method = method}, one), b = knn_graph(view, {.method = method}, two);
    EXPECT_TRUE(std::equal(a.ids.data(), a.ids.data() + a.ids.size(), b.ids.data()));
    EXPECT_TRUE(std::equal(a.distances.data(), a.distances.data() + a.distances.size(), b.distances.data()));
  }
}

TEST(KnnGraph, OfEqualRowsHasOthersAtNoDistance) {
  Context context(2);
  for (const KnnMethod method : {KnnMethod::tree, KnnMethod::scan}) {
    const Matrix<float> rows = equal_rows(50, 3, 0.7F);
    const KnnGraph graph = knn_graph(rows.view(), {.k = 3, .method = method}, context);
    for (std::uint32_t r = 0; r < 50; ++r) {
      EXPECT_EQ(std::ranges::count(graph.ids.row(r), r), 0);
      for (const float distance : graph.distances.row(r)) EXPECT_EQ(distance, 0);
    }
  }
}

TEST(KnnGraph, CanSpreadEqualRowsOverAllOfThem) {
  Context context(2);
  Matrix<float> rows = blobs(90, 3, 4, 1, 1);
  for (const std::size_t r : {3, 8, 9, 20, 41, 42, 77}) std::ranges::copy(rows.row(3), rows.row(r).begin());  // seven
  for (const std::size_t r : {5, 6, 7}) std::ranges::copy(rows.row(5), rows.row(r).begin());                  // three
  const KnnGraph plain = knn_graph(rows.view(), {.k = 4}, context);
  const KnnGraph spread = knn_graph(rows.view(), {.k = 4, .spread_equals = true}, context);
  const auto ids = [&](const KnnGraph& graph, std::size_t r) {
    return std::vector<std::uint32_t>(graph.ids.row(r).begin(), graph.ids.row(r).end());
  };
  EXPECT_EQ(ids(plain, 42), (std::vector<std::uint32_t>{3, 8, 9, 20})) << "by their number";
  EXPECT_EQ(ids(spread, 3), (std::vector<std::uint32_t>{8, 9, 20, 41}));
  EXPECT_EQ(ids(spread, 42), (std::vector<std::uint32_t>{3, 8, 9, 77})) << "around the end";
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    EXPECT_TRUE(std::ranges::equal(plain.distances.row(r), spread.distances.row(r)));
    if (spread.distances(r, 3) > 0) {
      EXPECT_EQ(ids(plain, r), ids(spread, r)) << "rows that few equal keep theirs";
    }
  }
}

TEST(KnnGraph, SpreadsEqualRowsWhoseCosineIsRounded) {
  Context context(2);
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {  // of some the row's product with itself is not quite 1
    const Matrix<float> one = blobs(1, 37 * seed, 1, 1, seed);
    Matrix<float> rows(9, one.cols());
    for (std::size_t r = 0; r < rows.rows(); ++r) std::ranges::copy(one.row(0), rows.row(r).begin());
    const KnnGraph graph = knn_graph(rows.view(), {.k = 3, .metric = Metric::cosine, .spread_equals = true}, context);
    EXPECT_TRUE(std::ranges::equal(graph.ids.row(0), std::vector<std::uint32_t>{1, 2, 3})) << seed;
    EXPECT_TRUE(std::ranges::equal(graph.ids.row(8), std::vector<std::uint32_t>{0, 1, 2})) << seed;
    EXPECT_TRUE(std::ranges::equal(graph.ids.row(4), std::vector<std::uint32_t>{5, 6, 7})) << seed;
  }
}

TEST(KnnGraph, HasAllOthersWhereTheyAreFewerThanK) {
  Context context(2);
  EXPECT_EQ(knn_graph(equal_rows(1, 3, 1).view(), {.k = 5}, context).k(), 0U);
  const KnnGraph two = knn_graph(equal_rows(2, 3, 1).view(), {.k = 5}, context);
  EXPECT_EQ(two.k(), 1U);
  EXPECT_EQ(two.ids(0, 0), 1U);
  EXPECT_EQ(two.ids(1, 0), 0U);
}

TEST(KnnGraph, RefusesWhatItCannotDo) {
  Context context(1);
  const Matrix<float> rows = blobs(20, 3, 2, 1, 1);
  EXPECT_THROW(knn_graph(rows.view(), {.k = 0}, context), Error);
  EXPECT_THROW(knn_graph(rows.view(), {.metric = Metric::cosine, .method = KnnMethod::tree}, context), Error);
  EXPECT_THROW(knn_graph(Matrix<float>(0, 3).view(), {}, context), Error);
  EXPECT_THROW(knn_of(Matrix<float>(1, 4).view(), rows.view(), {}, context), Error);
}

}  // namespace
}  // namespace akin
