#include "akin/analysis/hdbscan.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "akin/analysis/label_agreement.h"
#include "akin/base/error.h"
#include "density_cases.h"
#include "points.h"

namespace akin {
namespace {

using analysis::blobs;
using analysis::equal_rows;
using Labels = std::vector<std::int32_t>;

HdbscanResult run(MatrixView<const float> rows, const HdbscanOptions& options, int n_threads = 2) {
  Context context(n_threads);
  return hdbscan(rows, options, context);
}

/// The same groups, and the same rows outside, but for rows between two clusters.
void expect_same_groups(const Labels& got, const Labels& wanted, const std::vector<bool>& is_between) {
  Labels ours, theirs;
  for (std::size_t r = 0; r < got.size(); ++r) {
    if (is_between[r]) continue;
    ours.push_back(got[r]);
    theirs.push_back(wanted[r]);
    EXPECT_EQ(got[r] < 0, wanted[r] < 0) << r;
  }
  EXPECT_EQ(compare_labels(theirs, ours).adjusted_rand, 1);
}

void expect_case(MatrixView<const float> rows, const nlohmann::json& wanted) {
  SCOPED_TRACE(wanted["options"].dump() + wanted["min_cluster_size"].dump() + wanted["min_samples"].dump() + wanted["metric"].dump());
  const HdbscanResult got = run(rows, golden::options_of(wanted));
  const std::vector<bool> is_between = golden::between_two(got.tree);
  EXPECT_LE(std::ranges::count(is_between, true), static_cast<std::ptrdiff_t>(rows.rows() / 20));
  expect_same_groups(got.labels, wanted["labels"], is_between);
  if (wanted.contains("scikit_learn_labels")) expect_same_groups(got.labels, wanted["scikit_learn_labels"], is_between);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    if (is_between[r]) continue;
    // A quotient of distances, ours of squares summed in float.
    EXPECT_NEAR(got.probabilities[r], wanted["probabilities"][r].get<double>(), 2e-6) << r;
  }
}

TEST(Hdbscan, FindsWhatHdbscanAndScikitLearnFind) {
  for (const char* name : {"plane", "wide"}) {
    const golden::DensityCases cases(name);
    for (const nlohmann::json& wanted : cases.cases) expect_case(cases.rows.view(), wanted);
  }
}

TEST(Hdbscan, HasTheSameBitsOnAnyNumberOfThreadsAndOnEveryRun) {
  for (const std::size_t dim : {4, 20}) {
    const Matrix<float> rows = blobs(2500, dim, 15, 2, 1);
    const HdbscanResult one = run(rows.view(), {.min_cluster_size = 20}, 1);
    for (const int n_threads : {1, 2, 5}) {
      const HdbscanResult other = run(rows.view(), {.min_cluster_size = 20}, n_threads);
      EXPECT_EQ(one.labels, other.labels);
      EXPECT_EQ(one.probabilities, other.probabilities);
      EXPECT_EQ(one.cores, other.cores);
    }
  }
}

TEST(Hdbscan, LeavesSingleRowsAndEqualRowsOutside) {
  EXPECT_EQ(run(equal_rows(1, 3, 1).view(), {}).labels, Labels{-1});
  EXPECT_EQ(run(equal_rows(2, 3, 1).view(), {}).labels, (Labels{-1, -1}));
  EXPECT_EQ(run(equal_rows(500, 3, 1).view(), {}).labels, Labels(500, -1));
}

TEST(Hdbscan, PutsEqualRowsInOneClusterIfOneIsAllowed) {
  HdbscanOptions options;
  options.select.allow_single_cluster = true;
  const HdbscanResult result = run(equal_rows(500, 3, 1).view(), options);
  EXPECT_EQ(result.labels, Labels(500, 0));
  EXPECT_EQ(result.probabilities, std::vector<float>(500, 1));
}

TEST(Hdbscan, KeepsProbabilitiesOfRowsBesideEqualOnes) {
  // hdbscan divides by an infinite density here, and gives all others 0.
  Matrix<float> rows = blobs(200, 2, 2, 0.3F, 3);
  for (std::size_t r = 0; r < 40; ++r) std::ranges::copy(rows.row(0), rows.row(r * 2).begin());
  const HdbscanResult result = run(rows.view(), {.min_cluster_size = 20, .min_samples = 5});
  EXPECT_EQ(result.n_clusters(), 2U);
  for (std::size_t r = 80; r < 200; ++r) {
    if (result.labels[r] >= 0) {
      EXPECT_GT(result.probabilities[r], 0) << r;
    }
  }
}

TEST(Hdbscan, RefusesWhatItCannotCluster) {
  Matrix<float> rows = blobs(20, 2, 2, 1, 1);
  EXPECT_THROW(run(rows.view(), {.min_cluster_size = 1}), Error);
  EXPECT_THROW(run(rows.view(), {.metric = Metric::manhattan}), Error);
  EXPECT_THROW(run(Matrix<float>(0, 2).view(), {}), Error);
  rows(7, 0) = std::numeric_limits<float>::infinity();
  try {
    run(rows.view(), {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "HDBSCAN: row 7 has a number that is not finite (rows count from 0)");
  }
}

TEST(Hdbscan, TakesAMillionRowsOfOneNumber) {
  Matrix<float> rows(1'000'000, 1);
  Rng rng(1);
  for (std::size_t r = 0; r < rows.rows(); ++r) rows(r, 0) = rng.normal() + static_cast<float>(100 * (r % 3));
  const HdbscanResult result = run(rows.view(), {.min_cluster_size = 100'000, .min_samples = 5});
  EXPECT_EQ(result.n_clusters(), 3U);
}

TEST(Hdbscan, ChoosesAnewFromTheSameTree) {
  const golden::DensityCases cases("plane");
  HdbscanResult result = run(cases.rows.view(), {.min_cluster_size = 10, .min_samples = 5});
  const HdbscanOptions leaves{.min_cluster_size = 10, .min_samples = 5, .select = {.selection = ClusterSelection::leaf}};
  reselect(result, leaves.select);
  EXPECT_EQ(result.labels, run(cases.rows.view(), leaves).labels);
}

}  // namespace
}  // namespace akin
