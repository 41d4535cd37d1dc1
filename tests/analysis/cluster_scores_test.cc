#include "akin/analysis/cluster_scores.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "golden_rows.h"
#include "points.h"

namespace akin {
namespace {

TEST(ClusterScores, AreThoseOfScikitLearn) {
  Context context(2);
  const Matrix<float> rows = golden::rows("kmeans_rows");
  const nlohmann::json cases = golden::json(golden::path("analysis/clusters/scores.json"))["cases"];
  for (const nlohmann::json& wanted : cases) {
    const std::vector<std::int32_t> labels = wanted["labels"];
    // Distances are squares summed in float: 1e-6 of them at most; centres are rounded to float.
    EXPECT_NEAR(silhouette(rows.view(), labels, {}, context), wanted["silhouette"].get<double>(), 1e-6);
    EXPECT_NEAR(silhouette(rows.view(), labels, {.metric = Metric::cosine}, context), wanted["silhouette_cosine"].get<double>(), 1e-6);
    EXPECT_NEAR(davies_bouldin(rows.view(), labels, context), wanted["davies_bouldin"].get<double>(), 1e-6);
  }
}

TEST(ClusterScores, LeaveOutRowsOfNoCluster) {
  Context context(2);
  const Matrix<float> rows = analysis::blobs(200, 3, 4, 1, 1);
  std::vector<std::int32_t> labels, fewer;
  for (std::int32_t r = 0; r < 200; ++r) labels.push_back(r < 150 ? r % 4 : -1);
  fewer.assign(labels.begin(), labels.begin() + 150);
  EXPECT_EQ(silhouette(rows.view(), labels, {}, context), silhouette(rows.view().middle_rows(0, 150), fewer, {}, context));
}

TEST(Silhouette, OfASampleIsNearThatOfAllAndTheSameOnAnyThreads) {
  Context one(1), two(2);
  const Matrix<float> rows = analysis::blobs(3000, 3, 6, 2, 1);
  std::vector<std::int32_t> labels;
  for (std::int32_t r = 0; r < 3000; ++r) labels.push_back(r % 6);
  const double all = silhouette(rows.view(), labels, {}, two), some = silhouette(rows.view(), labels, {.sample = 800}, two);
  EXPECT_NEAR(some, all, 0.05);  // the mean of 800 numbers that spread by about 0.3 is off by 0.01
  EXPECT_EQ(some, silhouette(rows.view(), labels, {.sample = 800}, one));
  EXPECT_EQ(all, silhouette(rows.view(), labels, {}, one));
}

TEST(ClusterScores, NeedTwoClustersAndFewerThanRows) {
  Context context(1);
  const Matrix<float> rows = analysis::blobs(4, 2, 2, 1, 1);
  for (const std::vector<std::int32_t>& labels : {std::vector<std::int32_t>{0, 0, 0, 0}, {0, 1, 2, 3}, {-1, -1, -1, -1}, {0, 1}}) {
    EXPECT_THROW(silhouette(rows.view(), labels, {}, context), Error);
    EXPECT_THROW(davies_bouldin(rows.view(), labels, context), Error);
  }
}

}  // namespace
}  // namespace akin
