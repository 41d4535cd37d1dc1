#include "akin/analysis/dbscan.h"

#include <gtest/gtest.h>

#include <limits>

#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/kernels/distance.h"
#include "density_cases.h"
#include "points.h"

namespace akin {
namespace {

using analysis::blobs;
using analysis::equal_rows;
using Labels = std::vector<std::int32_t>;

DbscanResult run(MatrixView<const float> rows, const DbscanOptions& options, int n_threads = 2) {
  Context context(n_threads);
  return dbscan(rows, options, context);
}

TEST(Dbscan, FindsWhatScikitLearnFindsUnderTheSameNumbers) {
  for (const char* name : {"plane", "wide"}) {
    const golden::DensityCases cases(name);
    for (const nlohmann::json& wanted : cases.dbscan) {
      const DbscanResult got =
          run(cases.rows.view(), {wanted["epsilon"], wanted["min_samples"], metric_from(wanted["metric"].get<std::string>())});
      EXPECT_EQ(got.labels, wanted["labels"].get<Labels>()) << wanted["epsilon"];
    }
  }
}

/// By the definition: all pairs, and labels spread from dense row to dense row.
Labels by_definition(MatrixView<const float> rows, double epsilon, std::size_t min_samples) {
  const std::size_t n = rows.rows();
  std::vector<std::vector<std::size_t>> near(n);
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = 0; b < n; ++b)
      if (kernels::squared_l2(rows.row(a), rows.row(b)) <= static_cast<float>(epsilon * epsilon)) near[a].push_back(b);
  Labels labels(n, -1);
  std::int32_t n_clusters = 0;
  for (std::size_t first = 0; first < n; ++first) {
    if (near[first].size() < min_samples || labels[first] >= 0) continue;
    labels[first] = n_clusters;
    for (std::vector<std::size_t> open = {first}; !open.empty();) {
      const std::size_t row = open.back();
      open.pop_back();
      for (const std::size_t other : near[row])
        if (near[other].size() >= min_samples && labels[other] < 0) labels[other] = n_clusters, open.push_back(other);
    }
    ++n_clusters;
  }
  for (std::size_t row = 0; row < n; ++row) {
    if (near[row].size() >= min_samples) continue;
    for (const std::size_t other : near[row])
      if (near[other].size() >= min_samples && (labels[row] < 0 || labels[other] < labels[row])) labels[row] = labels[other];
  }
  return labels;
}

TEST(Dbscan, FindsWhatTheDefinitionSaysOnGridsOfEqualRowsAndEqualDistances) {
  Rng rng(7);
  for (const std::size_t dim : {1, 2, 3, 20}) {
    Matrix<float> rows(600, dim);
    for (const std::uint64_t side : {3, 12, 300}) {
      for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] = static_cast<float>(rng.below(side));
      // Whole numbers have whole squares: no rounding decides who is near.
      for (const double epsilon : {0.9, 1.01, 1.5, 6.3})
        for (const std::size_t min_samples : {1, 2, 5, 40, 700})
          EXPECT_EQ(run(rows.view(), {epsilon, min_samples}).labels, by_definition(rows.view(), epsilon, min_samples))
              << dim << " " << side << " " << epsilon << " " << min_samples;
    }
  }
}

TEST(Dbscan, TakesManyRowsInOnePlace) {
  Matrix<float> rows = equal_rows(300'000, 2, 1);  // all pairs would be 4.5e10, and their list 180 GB
  rows(7, 0) = 9;
  Labels wanted(rows.rows(), 0);
  wanted[7] = -1;
  for (const std::size_t min_samples : {5, 299'999}) EXPECT_EQ(run(rows.view(), {0.5, min_samples}).labels, wanted);
  EXPECT_EQ(run(rows.view(), {0.5, 300'000}).labels, Labels(rows.rows(), -1));
}

TEST(Dbscan, IsTheSameOnAnyNumberOfThreads) {
  for (const std::size_t dim : {3, 20}) {
    const Matrix<float> rows = blobs(5000, dim, 12, 1, 1);
    const DbscanOptions options{dim == 3 ? 0.7 : 4.5, 8};
    const DbscanResult one = run(rows.view(), options, 1);
    EXPECT_EQ(one.labels, run(rows.view(), options, 2).labels);
    EXPECT_EQ(one.labels, run(rows.view(), options, 5).labels);
  }
}

TEST(Dbscan, GivesARowNearTwoClustersToTheFirst) {
  Matrix<float> rows(9, 1);
  const float places[] = {0, 0.1F, 0.2F, 0.3F, 1.3F, 2.3F, 2.4F, 2.5F, 2.6F};
  std::copy(std::begin(places), std::end(places), rows.data());
  EXPECT_EQ(run(rows.view(), {1.01, 4}).labels, (Labels{0, 0, 0, 0, 0, 1, 1, 1, 1}));
}

TEST(Dbscan, TakesOneRowAndEqualRows) {
  EXPECT_EQ(run(equal_rows(1, 2, 1).view(), {}).labels, Labels{-1});
  EXPECT_EQ(run(equal_rows(1, 2, 1).view(), {.min_samples = 1}).labels, Labels{0});
  EXPECT_EQ(run(equal_rows(100, 20, 1).view(), {}).labels, Labels(100, 0));
}

TEST(Dbscan, RefusesWhatItCannotCluster) {
  Matrix<float> rows = blobs(20, 2, 2, 1, 1);
  EXPECT_THROW(run(rows.view(), {.epsilon = 0}), Error);
  EXPECT_THROW(run(rows.view(), {.min_samples = 0}), Error);
  EXPECT_THROW(run(rows.view(), {.metric = Metric::dot}), Error);
  rows(3, 0) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(run(rows.view(), {}), Error);
}

}  // namespace
}  // namespace akin
