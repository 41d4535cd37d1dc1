#include "akin/analysis/nearest_centroid.h"

#include <gtest/gtest.h>

#include "class_cases.h"

namespace akin {
namespace {

TEST(NearestCentroid, GivesTheClassesOfScikitLearn) {
  const analysis::OwnedRows data = analysis::golden_classes();
  Context context(2);
  const Matrix<float> scores = linear_scores(data.rows.view(), nearest_centroid(data.view(), context), context);
  EXPECT_EQ(best_columns(scores.view()), golden::labels("centroid_labels", "heads"));
}

TEST(NearestCentroid, HasTheSameBitsOnAnyNumberOfThreads) {
  const analysis::OwnedRows data = analysis::labelled_blobs(3000, 9, 5, 2, 1);
  Context one(1), two(2);
  const LinearWeights first = nearest_centroid(data.view(), one), other = nearest_centroid(data.view(), two);
  analysis::expect_same_bits(first.weights, other.weights);
  EXPECT_EQ(first.bias, other.bias);
}

TEST(NearestCentroid, RefusesOneClass) {
  const analysis::OwnedRows data = analysis::labelled_blobs(5, 2, 1, 1, 1);
  Context context(1);
  EXPECT_EQ(analysis::complaint_of([&] { nearest_centroid(data.view(), context); }),
            "nearest centroid: all vectors have one label; two labels at least are wanted");
}

}  // namespace
}  // namespace akin
