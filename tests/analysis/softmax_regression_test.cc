#include "akin/analysis/softmax_regression.h"

#include <gtest/gtest.h>

#include <limits>

#include "akin/analysis/calibration.h"
#include "class_cases.h"

namespace akin {
namespace {

using analysis::complaint_of;
using analysis::golden_classes;
using analysis::labelled_blobs;
using analysis::OwnedRows;

LinearFit fit(const OwnedRows& data, const SoftmaxOptions& options, int n_threads = 2) {
  Context context(n_threads);
  return softmax_regression(data.view(), options, context);
}

// Scores come of float products, 6e-8 of numbers up to 30: the gradient is known to a few 1e-6, over a curvature of 1/(C · 500) at least.
constexpr double kNear = 2e-3;

TEST(SoftmaxRegression, FindsTheCoefficientsOfScikitLearn) {
  const OwnedRows data = golden_classes();
  const LinearFit found = fit(data, {.c = 1, .tolerance = 1e-6});
  EXPECT_TRUE(fit(data, {}).converged);
  analysis::expect_near(found.linear.weights, golden::rows("softmax_weights", "heads"), kNear);
  const std::vector<float> bias = golden::numbers("softmax_bias", "heads");
  for (std::size_t c = 0; c < 6; ++c) EXPECT_NEAR(found.linear.bias[c], bias[c], kNear);
  Context context(2);
  const Matrix<float> scores = linear_scores(data.rows.view(), found.linear, context);
  analysis::expect_near(to_probabilities(scores.view(), ScoreKind::softmax, {}, context), golden::rows("softmax_probabilities", "heads"),
                        kNear);
}

TEST(SoftmaxRegression, WithBalancedClassesFindsThemToo) {
  const OwnedRows data = golden_classes();
  const std::vector<double> weights = balanced_weights(data.labels, 6);
  const LinearFit found = fit(data, {.c = 0.1, .tolerance = 1e-6, .class_weights = weights});
  analysis::expect_near(found.linear.weights, golden::rows("softmax_balanced_weights", "heads"), kNear);
}

TEST(SoftmaxRegression, OfTwoClassesIsTheBinaryOne) {
  const OwnedRows data = analysis::two_golden_classes();
  const LinearFit found = fit(data, {.c = 0.5, .tolerance = 1e-6});
  const Matrix<float> wanted = golden::rows("binary_weights", "heads");
  for (std::size_t i = 0; i < wanted.cols(); ++i) {
    EXPECT_EQ(found.linear.weights(0, i), 0);
    EXPECT_NEAR(found.linear.weights(1, i), wanted(0, i), kNear);
  }
  EXPECT_NEAR(found.linear.bias[1], golden::numbers("binary_bias", "heads")[0], kNear);
}

TEST(SoftmaxRegression, HasTheSameBitsOnAnyNumberOfThreadsAndOnEveryRun) {
  const OwnedRows data = labelled_blobs(9000, 16, 7, 6, 1);
  const LinearFit one = fit(data, {}, 1);
  for (const int n_threads : {1, 2, 5}) {
    const LinearFit other = fit(data, {}, n_threads);
    analysis::expect_same_bits(one.linear.weights, other.linear.weights);
    EXPECT_EQ(one.linear.bias, other.linear.bias);
    EXPECT_EQ(one.loss, other.loss);
  }
}

TEST(SoftmaxRegression, BeginsWhereItIsTold) {
  const OwnedRows data = golden_classes();
  const LinearFit cold = fit(data, {.tolerance = 1e-5});
  const LinearFit warm = fit(data, {.tolerance = 1e-5, .start = &cold.linear});
  EXPECT_LT(warm.n_iterations, 5U);
  analysis::expect_near(warm.linear.weights, cold.linear.weights, 1e-2);
  const OwnedRows two = analysis::two_golden_classes();
  const LinearFit before = fit(two, {.tolerance = 1e-5});
  EXPECT_LT(fit(two, {.tolerance = 1e-5, .start = &before.linear}).n_iterations, 5U);
}

TEST(SoftmaxRegression, OfEqualRowsTellsHowOftenClassesAre) {
  OwnedRows data{analysis::equal_rows(100, 3, 0.5F), {}, 3};
  for (std::size_t r = 0; r < 100; ++r) data.labels.push_back(r < 20 ? 0 : r < 50 ? 1 : 2);
  Context context(1);
  const LinearFit found = fit(data, {.c = 10, .tolerance = 1e-6});
  const Matrix<float> scores = linear_scores(data.rows.view(), found.linear, context);
  const Matrix<float> probabilities = to_probabilities(scores.view(), ScoreKind::softmax, {}, context);
  EXPECT_NEAR(probabilities(0, 0), 0.2, 1e-3);
  EXPECT_NEAR(probabilities(0, 2), 0.5, 1e-3);
}

TEST(SoftmaxRegression, RefusesWhatItCannotLearn) {
  OwnedRows data = labelled_blobs(9, 2, 3, 1, 1);
  EXPECT_NE(complaint_of([&] { fit(data, {.c = 0}); }), "");
  const std::vector<double> weights = {1, 1};
  EXPECT_EQ(complaint_of([&] { fit(data, {.class_weights = weights}); }), "softmax regression: 2 class weights for 3 classes");
  const LinearWeights other{Matrix<float>(3, 5), std::vector<float>(3)};
  EXPECT_EQ(complaint_of([&] { fit(data, {.start = &other}); }), "softmax regression: the start is of other classes or vectors");
  data.rows(4, 1) = std::numeric_limits<float>::infinity();
  EXPECT_EQ(complaint_of([&] { fit(data, {}); }), "softmax regression: row 4 has a number that is not finite (rows count from 0)");
  OwnedRows single = labelled_blobs(1, 2, 1, 1, 1);
  EXPECT_EQ(complaint_of([&] { fit(single, {}); }), "softmax regression: all vectors have one label; two labels at least are wanted");
}

TEST(SoftmaxRegression, StopsWhenItIsCancelled) {
  const OwnedRows data = labelled_blobs(30, 2, 3, 1, 1);
  Context context(1);
  context.cancel.cancel();
  EXPECT_THROW(softmax_regression(data.view(), {}, context), Error);
}

}  // namespace
}  // namespace akin
