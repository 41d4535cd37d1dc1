// The curve of graph search: recall rises with the candidates, queries are not in the graph.
#include "akin/eval/ann.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "akin/base/rng.h"

namespace akin {
namespace {

Matrix<float> random_rows(std::size_t n, std::size_t dim, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> rows(n, dim);
  for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] = rng.normal();
  return rows;
}

TEST(EvaluateAnn, GivesACurveThatRisesToNearlyAll) {
  const Matrix<float> rows = random_rows(5000, 16, 1);
  Context context(2);
  const AnnScores scores = evaluate_ann(rows.view(), {}, {.efs = {5, 10, 40, 160}}, context);
  EXPECT_EQ(scores.n_queries, 500U);
  EXPECT_EQ(scores.n_vectors, 4500U) << "queries are taken out";
  EXPECT_EQ(scores.dim, 16U);
  ASSERT_EQ(scores.points.size(), 3U) << "an ef below k says nothing";
  EXPECT_EQ(scores.points[0].ef, 10U);
  EXPECT_LT(scores.points[0].recall, scores.points[2].recall);
  EXPECT_GE(scores.points[2].recall, 0.97);
  for (const AnnPoint& point : scores.points) EXPECT_GT(point.queries_per_second, 0);
  EXPECT_GT(scores.exact_queries_per_second, 0);
  EXPECT_FALSE(scores.calibration.empty());
}

TEST(EvaluateAnn, TakesQueriesOfOnesOwn) {
  const Matrix<float> rows = random_rows(3000, 8, 2), queries = random_rows(20, 8, 3);
  Context context(1);
  const AnnScores scores = evaluate_ann(rows.view(), queries.view(), {.efs = {200}}, context);
  EXPECT_EQ(scores.n_vectors, 3000U);
  EXPECT_EQ(scores.n_queries, 20U);
  EXPECT_GE(scores.points.at(0).recall, 0.97);
}

TEST(EvaluateAnn, RefusesWhatItCannotMeasure) {
  const Matrix<float> rows = random_rows(200, 8, 4), wide = random_rows(3, 9, 5);
  Context context(1);
  EXPECT_THROW(evaluate_ann(rows.view().middle_rows(0, 50), {}, {}, context), Error);
  EXPECT_THROW(evaluate_ann(rows.view(), wide.view(), {}, context), Error);
  EXPECT_THROW(evaluate_ann(rows.view(), {}, {.k = 0}, context), Error);
}

}  // namespace
}  // namespace akin
