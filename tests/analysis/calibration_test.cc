#include "akin/analysis/calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "class_cases.h"

namespace akin {
namespace {

using analysis::complaint_of;

/// Rows whose label is drawn from the softmax of their scores; the scores are then made `heat` times as large.
struct Drawn {
  Matrix<float> scores;
  std::vector<std::int32_t> labels;
};
Drawn drawn(std::size_t n, std::size_t k, double heat) {
  Rng rng(3);
  Drawn out{Matrix<float>(n, k), {}};
  for (std::size_t r = 0; r < n; ++r) {
    double sum = 0;
    for (float& score : out.scores.row(r)) sum += std::exp(static_cast<double>(score = 1.5F * rng.normal()));
    double left = static_cast<double>(rng.uniform()) * sum;
    std::int32_t label = 0;
    while (label + 1 < static_cast<std::int32_t>(k) &&
           (left -= std::exp(static_cast<double>(out.scores(r, static_cast<std::size_t>(label))))) > 0)
      ++label;
    out.labels.push_back(label);
    for (float& score : out.scores.row(r)) score *= static_cast<float>(heat);
  }
  return out;
}

TEST(Temperature, IsFoundAgain) {
  Context context(2);
  for (const double heat : {0.1, 1.0, 25.0}) {
    const Drawn rows = drawn(20'000, 4, heat);
    const Calibration found = fit_temperature(rows.scores.view(), rows.labels, context);
    EXPECT_NEAR(found.temperature / heat, 1, 0.03);  // of 20,000 draws: about 1 % of noise
  }
}

TEST(Temperature, HasTheSameBitsOnAnyNumberOfThreads) {
  const Drawn rows = drawn(5000, 6, 3);
  Context one(1), two(2);
  EXPECT_EQ(fit_temperature(rows.scores.view(), rows.labels, one).temperature,
            fit_temperature(rows.scores.view(), rows.labels, two).temperature);
}

TEST(Temperature, OfAFewScoresThatAreAllRightIsNotCertain) {
  Matrix<float> scores(3, 2);
  for (std::size_t r = 0; r < 3; ++r) scores(r, 1) = 1;
  Context context(1);
  const Calibration found = fit_temperature(scores.view(), std::vector<std::int32_t>{1, 1, 1}, context);
  EXPECT_NEAR(to_probabilities(scores.view(), ScoreKind::softmax, found, context)(0, 1), 4.0 / 5, 1e-5);  // three of three and one more
}

TEST(IsotonicRegression, IsScikitLearns) {
  const std::vector<float> at = golden::numbers("isotonic_at", "heads"), values = golden::numbers("isotonic_values", "heads");
  const std::vector<float> asked = golden::numbers("isotonic_asked", "heads"), answers = golden::numbers("isotonic_answers", "heads");
  const RisingCurve curve = isotonic_regression(at, values);
  for (std::size_t i = 0; i < asked.size(); ++i) EXPECT_NEAR(curve(asked[i]), answers[i], 1e-5) << asked[i];  // in float beside double
}

TEST(IsotonicRegression, OfOnePlaceIsLevel) {
  const std::vector<float> at = {2, 2}, values = {0, 1};
  const RisingCurve curve = isotonic_regression(at, values);
  for (const float x : {-9.0F, 2.0F, 9.0F}) EXPECT_EQ(curve(x), 0.5F);
}

TEST(IsotonicRegression, RefusesNothingAndWhatIsNotFinite) {
  const std::vector<float> bad = {1, std::numeric_limits<float>::quiet_NaN()}, good = {1, 2};
  EXPECT_NE(complaint_of([&] { isotonic_regression({}, {}); }), "");
  EXPECT_NE(complaint_of([&] { isotonic_regression(bad, good); }), "");
  EXPECT_NE(complaint_of([&] { isotonic_regression(good, bad); }), "");
}

TEST(Isotonic, MakesProbabilitiesThatSumToOneAndKeepTheirWord) {
  const Drawn rows = drawn(20'000, 3, 7);
  Context context(2);
  const Calibration calibration = fit_isotonic(rows.scores.view(), rows.labels, context);
  const Matrix<float> probabilities = to_probabilities(rows.scores.view(), ScoreKind::softmax, calibration, context);
  double said = 0, was = 0;
  for (std::size_t r = 0; r < probabilities.rows(); ++r) {
    double sum = 0;
    for (const float p : probabilities.row(r)) sum += static_cast<double>(p);
    ASSERT_NEAR(sum, 1, 1e-5);
    said += static_cast<double>(probabilities(r, 0));
    was += rows.labels[r] == 0 ? 1 : 0;
  }
  EXPECT_NEAR(said / was, 1, 0.03);
}

TEST(ToProbabilities, ReadsEachKindOfScore) {
  Matrix<float> scores(1, 2);
  scores(0, 0) = 2;
  Context context(1);
  const auto first = [&](ScoreKind kind, const Calibration& calibration) {
    return to_probabilities(scores.view(), kind, calibration, context)(0, 0);
  };
  EXPECT_NEAR(first(ScoreKind::softmax, {}), 1 / (1 + std::exp(-2.0)), 1e-6);
  EXPECT_NEAR(first(ScoreKind::sigmoid, {}), 1 / (1 + std::exp(-2.0)), 1e-6);
  EXPECT_EQ(first(ScoreKind::shares, {}), 2);
  EXPECT_NEAR(first(ScoreKind::softmax, {CalibrationKind::temperature, 2, {}}), 1 / (1 + std::exp(-1.0)), 1e-6);
  const RisingCurve never{{0}, {0}};
  EXPECT_EQ(first(ScoreKind::softmax, {CalibrationKind::isotonic, 1, {never, never}}), 0.5F);
  EXPECT_NE(complaint_of([&] { first(ScoreKind::softmax, {CalibrationKind::isotonic, 1, {never}}); }), "");
}

TEST(Calibration, RefusesLabelsThatAreNotThere) {
  const Matrix<float> scores(2, 2);
  Context context(1);
  EXPECT_NE(complaint_of([&] { fit_temperature(scores.view(), std::vector<std::int32_t>{0, 2}, context); }), "");
  EXPECT_NE(complaint_of([&] { fit_isotonic(scores.view(), std::vector<std::int32_t>{0}, context); }), "");
  EXPECT_EQ(calibration_from("isotonic"), CalibrationKind::isotonic);
  EXPECT_NE(complaint_of([&] { calibration_from("platt"); }), "");
}

}  // namespace
}  // namespace akin
