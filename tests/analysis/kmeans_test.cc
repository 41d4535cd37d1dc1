#include "akin/analysis/kmeans.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "akin/base/error.h"
#include "akin/space/normalize.h"
#include "golden_files.h"
#include "golden_rows.h"
#include "points.h"

namespace akin {
namespace {

using analysis::blobs;
using analysis::equal_rows;

KMeansResult run(MatrixView<const float> rows, const KMeansOptions& options, int n_threads = 2) {
  Context context(n_threads);
  return kmeans(rows, options, context);
}

void expect_equal(const KMeansResult& a, const KMeansResult& b) {
  EXPECT_EQ(a.labels, b.labels);
  EXPECT_EQ(a.inertia, b.inertia);
  EXPECT_EQ(a.n_iterations, b.n_iterations);
  for (std::size_t i = 0; i < a.centres.size(); ++i) EXPECT_EQ(a.centres.data()[i], b.centres.data()[i]);
}

TEST(KMeans, FindsWhatScikitLearnFindsFromTheSameStart) {
  const Matrix<float> rows = golden::rows("kmeans_rows"), start = golden::rows("kmeans_start");
  const nlohmann::json wanted = golden::json(golden::path("analysis/clusters/kmeans.json"));
  KMeansOptions options{.k = 9};
  options.tolerance = 0;
  options.start = start.view();
  const KMeansResult result = run(rows.view(), options);
  EXPECT_EQ(result.labels, golden::labels("kmeans_labels"));
  EXPECT_TRUE(result.converged);
  // 400 distances in float, each a few roundings of 6e-8 from the double ones.
  EXPECT_NEAR(result.inertia / wanted["inertia"].get<double>(), 1, 1e-6);
  const Matrix<float> centres = golden::rows("kmeans_centres");
  for (std::size_t i = 0; i < centres.size(); ++i) EXPECT_NEAR(result.centres.data()[i], centres.data()[i], 1e-5);  // of numbers up to 10

  options.max_iterations = 3;
  const KMeansResult few = run(rows.view(), options);
  EXPECT_FALSE(few.converged);
  EXPECT_EQ(few.n_iterations, 3U);
  EXPECT_NEAR(few.inertia / wanted["inertia_after_3"].get<double>(), 1, 1e-6);
}

TEST(KMeans, FindsTheGroupsThatAreThere) {
  const Matrix<float> rows = blobs(2000, 8, 10, 0.05F, 1);
  const KMeansResult result = run(rows.view(), {.k = 10});
  for (std::size_t r = 0; r < rows.rows(); ++r) EXPECT_EQ(result.labels[r], result.labels[r % 10]);
  EXPECT_EQ(std::set<std::int32_t>(result.labels.begin(), result.labels.end()).size(), 10U);
  EXPECT_EQ(result.sizes, std::vector<std::size_t>(10, 200));
}

TEST(KMeans, HasTheSameBitsOnAnyNumberOfThreadsAndOnEveryRun) {
  const Matrix<float> rows = blobs(9000, 12, 30, 3, 1);
  for (const bool spherical : {false, true}) {
    const KMeansOptions options{.k = 25, .n_starts = 2, .max_iterations = 12, .spherical = spherical};
    const KMeansResult one = run(rows.view(), options, 1);
    expect_equal(one, run(rows.view(), options, 2));
    expect_equal(one, run(rows.view(), options, 5));
    expect_equal(one, run(rows.view(), options, 1));
  }
}

TEST(KMeans, KeepsTheBestOfSeveralStarts) {
  const Matrix<float> rows = blobs(500, 3, 20, 0.5F, 2);
  const double one = run(rows.view(), {.k = 20}).inertia, best = run(rows.view(), {.k = 20, .n_starts = 8}).inertia;
  EXPECT_LE(best, one);
}

TEST(KMeans, SeesGroupsFarFromTheOrigin) {
  Matrix<float> rows = blobs(600, 4, 6, 0.05F, 3);
  for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] += 30'000;  // ‖x‖² is 4e9: its float ends at 256
  const KMeansResult result = run(rows.view(), {.k = 6});
  for (std::size_t r = 0; r < rows.rows(); ++r) EXPECT_EQ(result.labels[r], result.labels[r % 6]);
  EXPECT_NEAR(result.centres(0, 0), 30'000, 11);
}

TEST(KMeans, ByAngleIgnoresLengths) {
  Matrix<float> rows(100, 2);
  for (std::size_t r = 0; r < 100; ++r) rows(r, r % 2) = static_cast<float>(1 + r);
  const KMeansResult result = run(rows.view(), {.k = 2, .spherical = true});
  for (std::size_t r = 0; r < 100; ++r) EXPECT_EQ(result.labels[r], result.labels[r % 2]);
  EXPECT_NEAR(result.inertia, 0, 1e-9);
  EXPECT_NEAR(norm_of(result.centres.row(0)), 1, 1e-6);
}

TEST(KMeans, FillsAClusterThatLosesAllRows) {
  Matrix<float> rows(6, 1), start(3, 1);
  for (std::size_t r = 0; r < 6; ++r) rows(r, 0) = static_cast<float>(r);
  start(0, 0) = 1, start(1, 0) = 4, start(2, 0) = 1e6F;
  KMeansOptions options{.k = 3};
  options.start = start.view();
  const KMeansResult result = run(rows.view(), options);
  EXPECT_EQ(std::set<std::int32_t>(result.labels.begin(), result.labels.end()).size(), 3U);
}

TEST(KMeans, OfOneRowIsThatRow) {
  const Matrix<float> rows = equal_rows(1, 3, 2);
  const KMeansResult result = run(rows.view(), {.k = 1});
  EXPECT_EQ(result.labels, std::vector<std::int32_t>{0});
  EXPECT_EQ(result.inertia, 0);
  EXPECT_EQ(result.centres(0, 1), 2);
}

TEST(KMeans, OfEqualRowsPutsAllInTheFirstCluster) {
  for (const std::size_t n : {2, 5000}) {
    const Matrix<float> rows = equal_rows(n, 3, 0.1F);
    const KMeansResult result = run(rows.view(), {.k = 2});
    EXPECT_EQ(result.labels, std::vector<std::int32_t>(n, 0));
    EXPECT_NEAR(result.inertia, 0, 1e-9);  // the mean of equal numbers is one of their neighbours
    EXPECT_EQ(result.sizes, (std::vector<std::size_t>{n, 0}));
  }
}

TEST(KMeans, RefusesWhatItCannotCluster) {
  const auto complaint = [](MatrixView<const float> rows, const KMeansOptions& options) -> std::string {
    try {
      run(rows, options);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      return error.what();
    }
    return "";
  };
  Matrix<float> rows = blobs(5, 2, 2, 1, 1);
  EXPECT_EQ(complaint(rows.view(), {.k = 6}), "k-means: 6 clusters of 5 vectors: k must not be larger than their number");
  EXPECT_NE(complaint(rows.view(), {.k = 0}), "");
  EXPECT_NE(complaint(rows.view(), {.n_starts = 0}), "");
  EXPECT_NE(complaint(Matrix<float>(0, 2).view(), {.k = 1}), "");
  rows(3, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(complaint(rows.view(), {.k = 2}), "k-means: row 3 has a number that is not finite (rows count from 0)");
}

TEST(KMeans, TakesAMillionRowsOfOneNumber) {
  Matrix<float> rows(1'000'000, 1);
  Rng rng(1);
  for (std::size_t r = 0; r < rows.rows(); ++r) rows(r, 0) = rng.normal();
  const KMeansResult result = run(rows.view(), {.k = 8, .max_iterations = 20});
  EXPECT_NEAR(result.inertia, 1e6 * 0.0346,
              1e3);  // the distortion of a normal by 8 levels (Max, 1960), 3 % for a run that is not at its end
}

TEST(KMeans, StopsWhenItIsCancelled) {
  const Matrix<float> rows = blobs(100, 2, 2, 1, 1);
  Context context(2);
  context.cancel.cancel();
  EXPECT_THROW(kmeans(rows.view(), {.k = 2}, context), Error);
}

TEST(NearestCentres, PlacesNewRows) {
  const Matrix<float> rows = blobs(50, 4, 5, 0.1F, 1);
  Context context(2);
  const KMeansResult result = kmeans(rows.view(), {.k = 5}, context);
  EXPECT_EQ(nearest_centres(rows.view(), result.centres.view(), false, context), result.labels);
  EXPECT_THROW(nearest_centres(rows.view(), Matrix<float>(2, 3).view(), false, context), Error);
}

}  // namespace
}  // namespace akin
