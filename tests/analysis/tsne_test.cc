#include "akin/analysis/tsne.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "akin/analysis/map_quality.h"
#include "base/throws.h"
#include "points.h"

namespace akin {
namespace {

using analysis::blobs;
using analysis::equal_rows;
using analysis::expect_equal;
using analysis::labels_of;
using testing::expect_error;

Tsne run(MatrixView<const float> rows, const TsneOptions& options = {}, int n_threads = 2) {
  Context context(n_threads);
  return tsne(rows, options, context);
}

TEST(Tsne, KeepsGroupsApartAndNeighboursTogether) {
  const Matrix<float> rows = blobs(1200, 20, 8, 1, 3);
  Context context(2);
  for (const MapStart start : {MapStart::pca, MapStart::random}) {
    TsneOptions options;
    options.start = start;
    const Tsne map = run(rows.view(), options);
    EXPECT_EQ(neighbor_accuracy(map.places.view(), labels_of(1200, 8), 10, context), 1);
    EXPECT_GT(map_quality(rows.view(), map.places.view(), 15, Metric::euclidean, context).trustworthiness, 0.97);
    EXPECT_LT(map.divergence, 2);
  }
}

TEST(Tsne, ByTheTreeIsNearlyAsGoodAsExactly) {
  const Matrix<float> rows = blobs(600, 10, 5, 2, 3);
  TsneOptions options;
  const double by_tree = run(rows.view(), options).divergence;
  options.theta = 0;
  EXPECT_NEAR(by_tree / run(rows.view(), options).divergence, 1, 0.03);
}

TEST(Tsne, ByTheGridIsAsGoodAsByTheTree) {
  const Matrix<float> rows = blobs(2000, 10, 5, 2, 3);
  Context context(2);
  const auto made = [&](TsneRepulsion repulsion) {
    TsneOptions options;
    options.repulsion = repulsion;
    return run(rows.view(), options);
  };
  const Tsne by_grid = made(TsneRepulsion::grid), by_tree = made(TsneRepulsion::tree), by_both = made(TsneRepulsion::automatic);
  const auto trust = [&](const Tsne& map) {
    return map_quality(rows.view(), map.places.view(), 15, Metric::euclidean, context).trustworthiness;
  };
  // The tree's sum of all kernels, which divergences are counted with, is up to 1 % of its own too small.
  EXPECT_NEAR(by_grid.divergence / by_tree.divergence, 1, 0.02);
  EXPECT_NEAR(by_both.divergence / by_tree.divergence, 1, 0.02);
  // Maps of two starts differ by as much.
  EXPECT_NEAR(trust(by_grid), trust(by_tree), 0.003);
  EXPECT_NEAR(trust(by_both), trust(by_tree), 0.003);
}

TEST(Tsne, KnowsItsRepulsionsByName) {
  for (const TsneRepulsion repulsion : {TsneRepulsion::automatic, TsneRepulsion::tree, TsneRepulsion::grid})
    EXPECT_EQ(tsne_repulsion_from(name_of(repulsion)), repulsion);
  expect_error(ErrorCode::invalid_argument, "unknown repulsion 'fft': automatic, tree or grid", [] { tsne_repulsion_from("fft"); });
}

TEST(Tsne, HasTheSameBitsOnAnyNumberOfThreadsAndOnEveryRun) {
  const Matrix<float> rows = blobs(700, 8, 5, 2, 3);
  TsneOptions options;
  options.n_early = 30;
  options.n_epochs = 40;
  for (const TsneRepulsion repulsion : {TsneRepulsion::automatic, TsneRepulsion::tree, TsneRepulsion::grid}) {
    options.repulsion = repulsion;
    const Tsne one = run(rows.view(), options, 1);
    for (const int n_threads : {1, 2, 5}) {
      const Tsne other = run(rows.view(), options, n_threads);
      expect_equal(one.places, other.places);
      EXPECT_EQ(one.divergence, other.divergence);
    }
  }
}

TEST(Tsne, PlacesNewRowsWithoutTheirCompanyMattering) {
  const Matrix<float> all = blobs(900, 10, 6, 1, 4);
  const MatrixView<const float> old = all.view().middle_rows(0, 800), fresh = all.view().middle_rows(800, 100);
  const Tsne map = run(old);
  Context one(1), two(2);
  const Matrix<float> together = place_on_tsne(map, old, fresh, two);
  expect_equal(together, place_on_tsne(map, old, fresh, one));
  const Matrix<float> alone = place_on_tsne(map, old, fresh.middle_rows(37, 1), two);
  EXPECT_EQ(alone(0, 0), together(37, 0));
  Matrix<float> both(900, 2);
  for (std::size_t r = 0; r < 900; ++r)
    for (std::size_t c = 0; c < 2; ++c) both(r, c) = r < 800 ? map.places(r, c) : together(r - 800, c);
  EXPECT_EQ(neighbor_accuracy(both.view(), labels_of(900, 6), 10, two), 1);
}

TEST(Tsne, OfNextToNothingIsSomething) {
  EXPECT_EQ(run(equal_rows(1, 3, 1).view()).places.size(), 2U);
  for (const std::size_t n : {2, 3, 40}) {
    const Tsne map = run(equal_rows(n, 3, 1).view());
    for (std::size_t i = 0; i < map.places.size(); ++i) EXPECT_TRUE(std::isfinite(map.places.data()[i])) << n;
  }
}

TEST(Tsne, RefusesWhatItCannotDo) {
  Matrix<float> rows = blobs(20, 2, 2, 1, 2);
  const auto refuses = [&](const std::string& message, const std::function<void(TsneOptions&)>& change) {
    TsneOptions options;
    change(options);
    expect_error(ErrorCode::invalid_argument, message, [&] { run(rows.view(), options); });
  };
  refuses("perplexity must be at least 1", [](TsneOptions& o) { o.perplexity = 0; });
  refuses("exaggeration must be at least 1", [](TsneOptions& o) { o.exaggeration = 0.5; });
  refuses("learning_rate must not be below 0", [](TsneOptions& o) { o.learning_rate = -1; });
  refuses("theta must be 0 to 1", [](TsneOptions& o) { o.theta = 2; });
  const Tsne map = run(rows.view());
  Context context(1);
  expect_error(ErrorCode::mismatch, "19 rows are given", [&] { place_on_tsne(map, rows.view().middle_rows(0, 19), rows.view(), context); });
  rows(3, 1) = std::numeric_limits<float>::infinity();
  expect_error(ErrorCode::invalid_argument, "row 3", [&] { run(rows.view()); });
}

}  // namespace
}  // namespace akin
