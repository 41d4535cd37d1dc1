#include "akin/analysis/umap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "akin/analysis/map_quality.h"
#include "akin/base/rng.h"
#include "base/throws.h"
#include "golden_files.h"
#include "points.h"

namespace akin {
namespace {

using analysis::blobs;
using analysis::equal_rows;
using analysis::expect_equal;
using analysis::labels_of;
using testing::expect_error;

Umap run(MatrixView<const float> rows, const UmapOptions& options = {}, int n_threads = 2) {
  Context context(n_threads);
  return umap(rows, options, context);
}

TEST(Umap, FitsTheCurveThatUmapLearnFits) {
  const nlohmann::json wanted = golden::json(golden::path("analysis/maps/umap.json"));
  ASSERT_FALSE(wanted["curves"].empty());
  for (const auto& curve : wanted["curves"]) {
    const UmapCurve found = umap_curve(curve["min_dist"].get<float>(), curve["spread"].get<float>());
    // Both stop when the sum of squares is flat to some 1e-8.
    EXPECT_NEAR(static_cast<double>(found.a) / curve["a"].get<double>(), 1, 1e-3);
    EXPECT_NEAR(static_cast<double>(found.b) / curve["b"].get<double>(), 1, 1e-3);
  }
}

TEST(Umap, KeepsGroupsApartAndNeighboursTogether) {
  const Matrix<float> rows = blobs(1500, 20, 10, 1, 3);
  Context context(2);
  for (const MapStart start : {MapStart::spectral, MapStart::pca, MapStart::random}) {
    UmapOptions options;
    options.start = start;
    const Umap map = run(rows.view(), options);
    EXPECT_EQ(neighbor_accuracy(map.places.view(), labels_of(1500, 10), 10, context), 1);
    // Within a group rows are noise of 20 dimensions, of which a plane keeps little: 0.97 is what umap-learn has here.
    EXPECT_GT(map_quality(rows.view(), map.places.view(), 15, Metric::euclidean, context).trustworthiness, 0.96);
  }
}

TEST(Umap, SettlesLongBranchesInFewEpochs) {
  // Each row a step away from one of the hundred before it.
  Matrix<float> rows(3000, 20);
  Rng rng(3);
  for (std::size_t r = 1; r < rows.rows(); ++r) {
    const std::size_t from = r - 1 - rng.below(std::min<std::size_t>(r, 100));
    for (std::size_t c = 0; c < rows.cols(); ++c) rows(r, c) = rows(from, c) + rng.normal();
  }
  UmapOptions options;
  options.n_epochs = 50;
  Context context(2);
  const MapQuality quality = map_quality(rows.view(), run(rows.view(), options).places.view(), 15, Metric::euclidean, context);
  // umap-learn with 50 epochs: trustworthiness 0.996. Rows that are moved each by itself have 0.986 at most, and a continuity of 0.983.
  EXPECT_GT(quality.trustworthiness, 0.994);
  EXPECT_GT(quality.continuity, 0.99);
}

TEST(Umap, HasTheSameBitsOnAnyNumberOfThreadsAndOnEveryRun) {
  const Matrix<float> rows = blobs(6000, 8, 5, 2, 3);  // some rounds of edges are more than one piece of work
  UmapOptions options;
  options.n_epochs = 20;
  const Umap one = run(rows.view(), options, 1);
  for (const int n_threads : {1, 2, 5}) expect_equal(one.places, run(rows.view(), options, n_threads).places);
}

TEST(Umap, PlacesNewRowsWithoutTheirCompanyMattering) {
  const Matrix<float> all = blobs(1200, 10, 6, 1, 4);
  const MatrixView<const float> old = all.view().middle_rows(0, 1000), fresh = all.view().middle_rows(1000, 200);
  const Umap map = run(old);
  Context one(1), two(2);
  const Matrix<float> before = map.places.clone();
  const Matrix<float> together = place_on_umap(map, old, fresh, two);
  expect_equal(before, map.places);
  expect_equal(together, place_on_umap(map, old, fresh, one));
  for (const std::size_t r : {0, 17, 199}) {
    const Matrix<float> alone = place_on_umap(map, old, fresh.middle_rows(r, 1), two);
    EXPECT_EQ(alone(0, 0), together(r, 0));
    EXPECT_EQ(alone(0, 1), together(r, 1));
  }
  // Each lands among its group.
  Matrix<float> both(1200, 2);
  for (std::size_t r = 0; r < 1200; ++r)
    for (std::size_t c = 0; c < 2; ++c) both(r, c) = r < 1000 ? map.places(r, c) : together(r - 1000, c);
  EXPECT_EQ(neighbor_accuracy(both.view(), labels_of(1200, 6), 10, two), 1);
}

TEST(Umap, WithLabelsPartsWhatTheRowsDoNot) {
  const Matrix<float> rows = blobs(600, 5, 1, 1, 6);  // one heap
  const std::vector<std::int32_t> labels = labels_of(600, 2);
  Context context(2);
  const double blind = neighbor_accuracy(run(rows.view()).places.view(), labels, 10, context);
  UmapOptions options;
  options.labels = labels;
  options.target_weight = 0.9F;
  const double told = neighbor_accuracy(run(rows.view(), options).places.view(), labels, 10, context);
  EXPECT_LT(blind, 0.65);
  EXPECT_GT(told, 0.9);
}

TEST(Umap, OfNextToNothingIsSomething) {
  EXPECT_EQ(run(equal_rows(1, 3, 1).view()).places.size(), 2U);
  for (const std::size_t n : {2, 3, 40}) {
    const Umap map = run(equal_rows(n, 3, 1).view());
    for (std::size_t i = 0; i < map.places.size(); ++i) EXPECT_TRUE(std::isfinite(map.places.data()[i])) << n;
  }
  UmapOptions options;
  options.n_components = 5;
  options.metric = Metric::cosine;
  const Umap map = run(blobs(30, 4, 3, 1, 2).view(), options);
  EXPECT_EQ(map.places.cols(), 5U);
  for (std::size_t i = 0; i < map.places.size(); ++i) EXPECT_TRUE(std::isfinite(map.places.data()[i]));
}

TEST(Umap, RefusesWhatItCannotDo) {
  Matrix<float> rows = blobs(20, 2, 2, 1, 2);
  const auto refuses = [&](const std::string& message, const std::function<void(UmapOptions&)>& change) {
    UmapOptions options;
    change(options);
    expect_error(ErrorCode::invalid_argument, message, [&] { run(rows.view(), options); });
  };
  refuses("n_components must be 1 to 32", [](UmapOptions& o) { o.n_components = 0; });
  refuses("n_neighbors must be at least 2", [](UmapOptions& o) { o.n_neighbors = 1; });
  refuses("min_dist must be 0 to spread", [](UmapOptions& o) { o.min_dist = 2; });
  refuses("a rate is below 0", [](UmapOptions& o) { o.learning_rate = 0; });
  refuses("target_weight must be 0 to 1", [](UmapOptions& o) { o.target_weight = 2; });
  const std::vector<std::int32_t> few(3);
  refuses("3 labels for 20 rows", [&](UmapOptions& o) { o.labels = few; });
  const Umap map = run(rows.view());
  Context context(1);
  expect_error(ErrorCode::mismatch, "19 rows are given", [&] { place_on_umap(map, rows.view().middle_rows(0, 19), rows.view(), context); });
  rows(3, 1) = std::numeric_limits<float>::quiet_NaN();
  expect_error(ErrorCode::invalid_argument, "row 3", [&] { run(rows.view()); });
}

}  // namespace
}  // namespace akin
