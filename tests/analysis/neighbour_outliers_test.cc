#include "akin/analysis/neighbour_outliers.h"

#include <gtest/gtest.h>

#include "class_cases.h"

namespace akin {
namespace {

void expect_near(const std::vector<double>& found, const std::string& name, double part) {
  const std::vector<float> wanted = golden::numbers(name, "outliers");
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i] / static_cast<double>(wanted[i]), 1, part) << i;
}

TEST(NeighbourOutliers, AreScikitLearns) {
  const Matrix<float> rows = golden::rows("rows", "outliers"), asked = golden::rows("new", "outliers");
  Context context(2);
  const KnnGraph graph = knn_graph(rows.view(), {.k = 15}, context);
  const LocalDensity density = local_density(graph);
  expect_near(kth_distances(graph), "knn", 1e-5);  // distances are floats
  expect_near(local_outlier_factors(graph, density), "lof", 1e-5);
  expect_near(local_outlier_factors(knn_of(asked.view(), rows.view(), {.k = 15}, context), density), "lof_new", 1e-5);
}

TEST(NeighbourOutliers, OfEqualRowsAreNotOdd) {
  const Matrix<float> rows = analysis::equal_rows(50, 3, 2);
  Context context(1);
  const KnnGraph graph = knn_graph(rows.view(), {.k = 5}, context);
  for (const double factor : local_outlier_factors(graph, local_density(graph))) EXPECT_EQ(factor, 1);
  for (const double distance : kth_distances(graph)) EXPECT_EQ(distance, 0);
}

TEST(NeighbourOutliers, OfOneRowIsNotOdd) {
  const Matrix<float> rows = analysis::equal_rows(1, 3, 2);
  Context context(1);
  const KnnGraph graph = knn_graph(rows.view(), {}, context);
  EXPECT_EQ(local_outlier_factors(graph, local_density(graph)), std::vector<double>{1});
  EXPECT_EQ(kth_distances(graph), std::vector<double>{0});
}

TEST(NeighbourOutliers, RefuseNeighboursThatAreNotKnown) {
  const Matrix<float> many = analysis::blobs(30, 3, 2, 1, 1), few = analysis::blobs(5, 3, 2, 1, 1);
  Context context(1);
  const LocalDensity density = local_density(knn_graph(few.view(), {}, context));
  EXPECT_NE(analysis::complaint_of([&] { local_outlier_factors(knn_graph(many.view(), {}, context), density); }), "");
}

}  // namespace
}  // namespace akin
