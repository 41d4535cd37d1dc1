#include "akin/analysis/linear_scores.h"

#include <gtest/gtest.h>

#include "class_cases.h"

namespace akin {
namespace {

LinearWeights some_weights(std::size_t n_classes, std::size_t dim) {
  LinearWeights out{analysis::blobs(n_classes, dim, 3, 1, 7), {}};
  for (std::size_t c = 0; c < n_classes; ++c) out.bias.push_back(static_cast<float>(c) / 4);
  return out;
}

TEST(LinearScores, AreProductsAndBiases) {
  const Matrix<float> rows = analysis::blobs(700, 13, 4, 1, 1);
  const LinearWeights linear = some_weights(5, 13);
  Context context(2);
  const Matrix<float> scores = linear_scores(rows.view(), linear, context);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    for (std::size_t c = 0; c < 5; ++c) {
      double sum = static_cast<double>(linear.bias[c]);
      for (std::size_t i = 0; i < 13; ++i) sum += static_cast<double>(rows(r, i)) * static_cast<double>(linear.weights(c, i));
      EXPECT_NEAR(scores(r, c), sum, 1e-3);  // 13 terms of up to 150, each rounded to 1e-5
    }
  }
}

TEST(LinearScores, OfARowHaveTheSameBitsInAnyCompanyAndOnAnyNumberOfThreads) {
  const Matrix<float> rows = analysis::blobs(1000, 24, 4, 1, 1);
  const LinearWeights linear = some_weights(7, 24);
  Context one(1), two(2);
  const Matrix<float> scores = linear_scores(rows.view(), linear, one);
  analysis::expect_same_bits(scores, linear_scores(rows.view(), linear, two));
  for (const std::size_t r : {0UL, 300UL, 999UL}) {
    const Matrix<float> alone = linear_scores(rows.view().middle_rows(r, 1), linear, one);
    for (std::size_t c = 0; c < 7; ++c) EXPECT_EQ(alone(0, c), scores(r, c));
  }
}

TEST(LinearScores, RefuseVectorsOfAnotherWidth) {
  Context context(1);
  EXPECT_EQ(analysis::complaint_of([&] { linear_scores(Matrix<float>(2, 3).view(), some_weights(2, 4), context); }),
            "vectors of 3 numbers; the classifier was trained on 4");
}

TEST(BestColumns, AreTheFirstOfTheLargest) {
  Matrix<float> scores(2, 3);
  scores(0, 1) = scores(0, 2) = 5, scores(1, 0) = -1, scores(1, 1) = -2, scores(1, 2) = -3;
  EXPECT_EQ(best_columns(scores.view()), (std::vector<std::int32_t>{1, 0}));
}

}  // namespace
}  // namespace akin
