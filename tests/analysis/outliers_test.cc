#include "akin/analysis/outliers.h"

#include <gtest/gtest.h>

#include "class_cases.h"

namespace akin {
namespace {

using analysis::complaint_of;

constexpr OutlierMethod kMethods[] = {OutlierMethod::knn, OutlierMethod::lof, OutlierMethod::iforest, OutlierMethod::mahalanobis,
                                      OutlierMethod::ecod};

TEST(OutlierDetector, FindsTheOddRowWithEveryMethod) {
  Matrix<float> rows = analysis::blobs(400, 5, 1, 1, 1);
  for (float& x : rows.row(123)) x += 30;
  Context context(2);
  for (const OutlierMethod method : kMethods) {
    const OutlierDetector detector(rows.view(), {.method = method}, context);
    EXPECT_EQ(std::ranges::max_element(detector.known()) - detector.known().begin(), 123) << name_of(method);
    EXPECT_EQ(outlier_method_from(name_of(method)), method);
  }
}

TEST(OutlierDetector, JudgesNewRowsByThemselves) {
  const Matrix<float> good = analysis::blobs(400, 5, 1, 1, 1);
  Matrix<float> asked = good.clone();
  for (float& x : asked.row(0)) x += 30;
  Context context(2);
  for (const OutlierMethod method : kMethods) {
    const OutlierDetector detector(good.view(), {.method = method}, context);
    const std::vector<double> scores = detector.scores(asked.view(), context);
    EXPECT_EQ(std::ranges::max_element(scores) - scores.begin(), 0) << name_of(method);
    EXPECT_EQ(detector.scores(asked.view().middle_rows(0, 1), context)[0], scores[0]) << name_of(method);
    const std::vector<double> odds = p_values(scores, detector.known());
    EXPECT_NEAR(odds[0], 1.0 / 401, 1e-12) << name_of(method);
  }
}

TEST(OutlierDetector, HasTheSameBitsOnAnyNumberOfThreadsAndOnEveryRun) {
  const Matrix<float> rows = analysis::blobs(1500, 14, 4, 2, 1), asked = analysis::blobs(300, 14, 3, 2, 9);
  Context one(1), two(2);
  for (const OutlierMethod method : kMethods) {
    const OutlierOptions options{.method = method};
    const OutlierDetector first(rows.view(), options, one), other(rows.view(), options, two), again(rows.view(), options, one);
    EXPECT_EQ(first.known(), other.known()) << name_of(method);
    EXPECT_EQ(first.known(), again.known()) << name_of(method);
    EXPECT_EQ(first.scores(asked.view(), one), other.scores(asked.view(), two)) << name_of(method);
  }
}

TEST(OutlierDetector, TakesOneRowEqualRowsAndMoreNeighboursThanThereAre) {
  Context context(1);
  for (const OutlierMethod method : kMethods) {
    for (const std::size_t n : {1UL, 2UL, 30UL}) {
      const Matrix<float> rows = analysis::equal_rows(n, 3, 1);
      const OutlierDetector detector(rows.view(), {.method = method, .k = 100}, context);
      for (const double score : detector.known()) EXPECT_EQ(score, detector.known()[0]) << name_of(method) << n;
    }
  }
}

TEST(OutlierDetector, RefusesWhatItCannotCompare) {
  const Matrix<float> rows = analysis::blobs(9, 2, 1, 1, 1);
  Context context(1);
  EXPECT_NE(complaint_of([&] { OutlierDetector(rows.view(), {.metric = Metric::dot}, context); }), "");
  EXPECT_NE(complaint_of([&] { OutlierDetector(rows.view(), {.k = 0}, context); }), "");
  EXPECT_NE(complaint_of([&] { OutlierDetector(Matrix<float>(0, 2).view(), {}, context); }), "");
  EXPECT_NE(complaint_of([&] { outlier_method_from("copod"); }), "");
  context.cancel.cancel();
  for (const OutlierMethod method : kMethods)
    EXPECT_THROW(OutlierDetector(rows.view(), {.method = method}, context), Error) << name_of(method);
}

TEST(PValues, AreSharesOfScoresAtLeastAsOdd) {
  const std::vector<double> calm = {1, 2, 3, 4}, asked = {5, 3, 0};
  EXPECT_EQ(p_values(asked, calm), (std::vector<double>{0.2, 0.6, 1}));
  EXPECT_EQ(p_values(calm, calm, true), (std::vector<double>{1, 0.75, 0.5, 0.25}));
}

TEST(ScoreThreshold, IsNumpysPercentile) {
  const std::vector<double> scores = {4, 1, 3, 2, 5};
  EXPECT_DOUBLE_EQ(score_threshold(scores, 0.25), 4);
  EXPECT_DOUBLE_EQ(score_threshold(scores, 0.1), 4.6);
  EXPECT_NE(complaint_of([&] { score_threshold(scores, 0); }), "");
  EXPECT_NE(complaint_of([&] { score_threshold({}, 0.5); }), "");
}

TEST(ColumnScale, BringsColumnsToOneScale) {
  Matrix<float> rows(2, 2);
  rows(0, 0) = 1, rows(1, 0) = 5, rows(0, 1) = rows(1, 1) = 7;
  const Matrix<float> found = scaled(rows.view(), column_scale(rows.view()));
  EXPECT_EQ(found(0, 0), -1);
  EXPECT_EQ(found(1, 0), 1);
  EXPECT_EQ(found(0, 1), 0);
  EXPECT_NE(complaint_of([&] { scaled(Matrix<float>(1, 3).view(), column_scale(rows.view())); }), "");
}

}  // namespace
}  // namespace akin
