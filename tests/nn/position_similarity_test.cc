#include "akin/nn/position_similarity.h"

#include <gtest/gtest.h>

#include <cmath>

#include "akin/nn/sinusoidal.h"
#include "base/throws.h"

namespace akin::nn {
namespace {

using akin::testing::expect_error;

TEST(PositionSimilarity, OfAnyTableIsTheMeanCosineAtEachDistance) {
  Matrix<float> table(3, 2);
  table(0, 0) = 2, table(1, 1) = 3, table(2, 0) = -1;
  const std::vector<double> similarity = similarity_by_distance(table.view());
  ASSERT_EQ(similarity.size(), 3U);
  EXPECT_DOUBLE_EQ(similarity[0], 1);
  EXPECT_DOUBLE_EQ(similarity[1], 0);
  EXPECT_DOUBLE_EQ(similarity[2], -1);
}

TEST(PositionSimilarity, OfWavesIsTheirMeanCosine) {
  const std::size_t dim = 32;
  const Matrix<float> table = sinusoidal_positions(40, dim);
  const std::vector<double> similarity = similarity_by_distance(table.view());
  for (std::size_t d = 0; d < 40; ++d) {
    double want = 0;
    for (std::size_t i = 0; i < dim / 2; ++i)
      want += std::cos(static_cast<double>(d) * std::pow(10000.0, -2.0 * static_cast<double>(i) / dim));
    EXPECT_NEAR(similarity[d], want / (dim / 2), 1e-6) << d;  // rows are floats
  }
}

TEST(PositionSimilarity, OfRotationIsThatOfAVectorOfOnesTurnedByIt) {
  for (const RopeLayout layout : {RopeLayout::half_split, RopeLayout::interleaved}) {
    RopeSpec spec{.dim = 16, .theta = 500, .layout = layout};
    RopeTable table;
    table.prepare(spec, 30);
    Matrix<float> rows(30, 16);
    for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] = 1;
    table.rotate(rows.view(), 1, 16);
    const std::vector<double> similarity = rope_similarity(spec, 30);
    for (std::size_t d = 0; d < 30; ++d) {
      double product = 0;
      for (std::size_t c = 0; c < 16; ++c) product += static_cast<double>(rows(0, c)) * static_cast<double>(rows(d, c));
      EXPECT_NEAR(similarity[d], product / 16, 1e-6) << d;
    }
  }
}

TEST(PositionSimilarity, StretchesWithLinearScaling) {
  RopeSpec plain{.dim = 32}, linear{.dim = 32};
  linear.scaling = {.kind = RopeScalingKind::linear, .factor = 4};
  // Frequencies are floats; a quarter of one is exact.
  for (std::size_t d = 0; d < 20; ++d) EXPECT_NEAR(rope_similarity(linear, 80)[4 * d], rope_similarity(plain, 20)[d], 1e-9);
}

TEST(PositionSimilarity, HasNoNumberForAnEmptyTableAndZeroForAZeroRow) {
  expect_error(ErrorCode::invalid_argument, "at least one row", [] { (void)similarity_by_distance({}); });
  EXPECT_EQ(similarity_by_distance(Matrix<float>(2, 3).view()), (std::vector<double>{0, 0}));
}

}  // namespace
}  // namespace akin::nn
