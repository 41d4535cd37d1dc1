#include "akin/analysis/multi_label.h"

#include <gtest/gtest.h>

#include "class_cases.h"

namespace akin {
namespace {

using analysis::complaint_of;

Matrix<std::uint8_t> golden_truth(std::size_t n_rows) {
  const std::vector<std::int32_t> numbers = golden::labels("multi_truth", "heads");
  Matrix<std::uint8_t> out(n_rows, numbers.size() / n_rows);
  for (std::size_t i = 0; i < numbers.size(); ++i) out.data()[i] = static_cast<std::uint8_t>(numbers[i]);
  return out;
}

TEST(LabelSets, AreWhatStandsBetweenSeparators) {
  const std::vector<std::string> labels = {"red; round", "", " round;", "big;red"};
  const LabelSets sets = label_sets(labels, ';');
  EXPECT_EQ(sets.names, (std::vector<std::string>{"big", "red", "round"}));
  EXPECT_EQ(sets.truth(0, 1), 1);
  EXPECT_EQ(sets.truth(0, 2), 1);
  EXPECT_EQ(sets.truth(1, 0) + sets.truth(1, 1) + sets.truth(1, 2), 0);
  EXPECT_EQ(sets.truth(2, 2), 1);
  const std::vector<std::string> known = {"big"};
  EXPECT_EQ(label_sets(labels, ';', known).truth(3, 0), 1);
  const std::vector<std::string> none = {"", ";"};
  EXPECT_EQ(complaint_of([&] { label_sets(none, ';'); }), "no row has a label");
}

TEST(MultiLabelRegression, FindsTheCoefficientsOfScikitLearn) {
  const analysis::OwnedRows data = analysis::golden_classes();
  const Matrix<std::uint8_t> truth = golden_truth(data.rows.rows());
  Context context(2);
  const LinearFit found = multi_label_regression({data.rows.view(), truth.view()}, {.c = 0.01, .tolerance = 1e-6}, context);
  analysis::expect_near(found.linear.weights, golden::rows("multi_weights", "heads"), 2e-3);  // as softmax_regression_test.cc's
  const std::vector<float> bias = golden::numbers("multi_bias", "heads");
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(found.linear.bias[c], bias[c], 2e-3);
}

TEST(MultiLabelRegression, TakesLabelsThatAllRowsHaveOrNone) {
  const Matrix<float> rows = analysis::blobs(30, 3, 2, 1, 1);
  Matrix<std::uint8_t> truth(30, 3);
  for (std::size_t r = 0; r < 30; ++r) truth(r, 0) = 1, truth(r, 2) = r % 2;
  Context context(1);
  const TrainedHead found = train_multi_label({rows.view(), truth.view()}, {}, context);
  const Matrix<float> probabilities = head_probabilities(found.head, rows.view(), context);
  for (std::size_t r = 0; r < 30; ++r) {
    EXPECT_GT(probabilities(r, 0), 0.9F);
    EXPECT_LT(probabilities(r, 1), 0.1F);
    EXPECT_EQ(probabilities(r, 2) >= found.head.thresholds[2], r % 2 == 1);
  }
  EXPECT_EQ(found.head.thresholds[1], 0.5F);
}

TEST(BestThresholds, HaveTheBestF1) {
  Matrix<float> probabilities(4, 1);
  Matrix<std::uint8_t> truth(4, 1);
  for (std::size_t r = 0; r < 4; ++r) probabilities(r, 0) = 0.1F * static_cast<float>(r + 1);
  truth(1, 0) = truth(2, 0) = truth(3, 0) = 1;
  EXPECT_NEAR(best_thresholds(probabilities.view(), truth.view())[0], 0.15, 1e-6);
}

TEST(TrainMultiLabel, HasTheSameBitsOnAnyNumberOfThreads) {
  const analysis::OwnedRows data = analysis::golden_classes();
  const Matrix<std::uint8_t> truth = golden_truth(data.rows.rows());
  Context one(1), two(2);
  const TrainedHead first = train_multi_label({data.rows.view(), truth.view()}, {}, one);
  const TrainedHead other = train_multi_label({data.rows.view(), truth.view()}, {}, two);
  analysis::expect_same_bits(first.head.linear.weights, other.head.linear.weights);
  EXPECT_EQ(first.head.thresholds, other.head.thresholds);
}

TEST(TrainMultiLabel, RefusesWhatDoesNotFit) {
  const Matrix<float> rows = analysis::blobs(5, 3, 2, 1, 1);
  Context context(1);
  EXPECT_NE(complaint_of([&] { train_multi_label({rows.view(), Matrix<std::uint8_t>(4, 2).view()}, {}, context); }), "");
  EXPECT_NE(complaint_of([&] { train_multi_label({rows.view(), Matrix<std::uint8_t>(5, 0).view()}, {}, context); }), "");
  EXPECT_NE(complaint_of([&] { train_multi_label({rows.view(), Matrix<std::uint8_t>(5, 2).view()}, {.c = 0}, context); }), "");
}

}  // namespace
}  // namespace akin
