#include "akin/analysis/dbscan.h"

#include <gtest/gtest.h>

#include <limits>

#include "akin/base/error.h"
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
