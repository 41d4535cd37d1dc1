#include "akin/analysis/map_quality.h"

#include <gtest/gtest.h>

#include "akin/analysis/pca.h"
#include "akin/formats/vector_file.h"
#include "base/throws.h"
#include "golden_files.h"
#include "points.h"

namespace akin {
namespace {

using testing::expect_error;

TEST(MapQuality, IsWhatScikitLearnSays) {
  const Matrix<float> rows = VectorFile(golden::path("analysis/maps/pca_rows.npy")).read();
  const Matrix<float> transformed = VectorFile(golden::path("analysis/maps/pca_transformed.npy")).read();
  const nlohmann::json wanted = golden::json(golden::path("analysis/maps/maps.json"))["quality_of_the_plane"];
  Context one(1), two(2);
  for (const std::size_t k : {5, 15}) {
    const MapQuality found = map_quality(rows.view(), transformed.view().middle_cols(0, 2), k, Metric::euclidean, two);
    // Ranks are whole numbers; a pair of distances that float products part otherwise would move it by 2e-5.
    EXPECT_NEAR(found.trustworthiness, wanted[std::to_string(k)]["trustworthiness"].get<double>(), 5e-5);
    EXPECT_NEAR(found.continuity, wanted[std::to_string(k)]["continuity"].get<double>(), 5e-5);
    const MapQuality again = map_quality(rows.view(), transformed.view().middle_cols(0, 2), k, Metric::euclidean, one);
    EXPECT_EQ(found.trustworthiness, again.trustworthiness);
    EXPECT_EQ(found.kept_neighbors, again.kept_neighbors);
  }
}

TEST(MapQuality, OfTheRowsThemselvesIsPerfect) {
  const Matrix<float> rows = analysis::blobs(120, 3, 4, 1, 5);
  Context context(2);
  const MapQuality found = map_quality(rows.view(), rows.view(), 7, Metric::euclidean, context);
  EXPECT_EQ(found.trustworthiness, 1);
  EXPECT_EQ(found.continuity, 1);
  EXPECT_EQ(found.kept_neighbors, 1);
}

TEST(MapQuality, CountsNeighboursOfTheSameLabel) {
  const Matrix<float> rows = analysis::blobs(100, 2, 2, 0.01F, 5);
  std::vector<std::int32_t> labels(100);
  for (std::size_t r = 0; r < 100; ++r) labels[r] = static_cast<std::int32_t>(r % 2);
  Context context(2);
  EXPECT_EQ(neighbor_accuracy(rows.view(), labels, 10, context), 1);
  labels[4] = 1;
  EXPECT_EQ(neighbor_accuracy(rows.view(), labels, 10, context), 0.99);
}

TEST(MapQuality, RefusesWhatCannotBeMeasured) {
  const Matrix<float> rows = analysis::blobs(20, 2, 2, 1, 5);
  Context context(1);
  expect_error(ErrorCode::invalid_argument, "below half of 20 rows",
               [&] { map_quality(rows.view(), rows.view(), 10, Metric::euclidean, context); });
  expect_error(ErrorCode::mismatch, "19 places for 20 rows",
               [&] { map_quality(rows.view(), rows.view().middle_rows(0, 19), 3, Metric::euclidean, context); });
  expect_error(ErrorCode::mismatch, "1 labels for 20 places",
               [&] { neighbor_accuracy(rows.view(), std::vector<std::int32_t>{1}, 3, context); });
}

}  // namespace
}  // namespace akin
