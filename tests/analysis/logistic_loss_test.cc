#include "logistic_loss.h"

#include <gtest/gtest.h>

#include <cmath>

#include "akin/kernels/cross_entropy.h"
#include "class_cases.h"

namespace akin::analysis {
namespace {

LogisticLoss::RowLoss loss_of(const OwnedRows& data) {
  return [&data](std::size_t row, std::span<float> scores) {
    return kernels::cross_entropy(scores, static_cast<std::size_t>(data.labels[row]), 1);
  };
}

TEST(LogisticLoss, HasTheGradientThatDifferencesTell) {
  const OwnedRows data = labelled_blobs(60, 3, 4, 2, 1);
  Context context(2);
  LogisticLoss loss(data.rows.view(), 4, loss_of(data), 0.5, context);
  ASSERT_EQ(loss.size(), 16U);
  std::vector<double> x(16), gradient(16), unused(16);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.05 * std::sin(static_cast<double>(i));
  loss(x, gradient);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double step = 1.0 / 256, middle = x[i];  // a step that floats tell well, small beside the curvature
    x[i] = middle + step;
    const double above = loss(x, unused);
    x[i] = middle - step;
    const double below = loss(x, unused);
    x[i] = middle;
    EXPECT_NEAR(gradient[i], (above - below) / (2 * step), 0.02 * (1 + std::abs(gradient[i])));
  }
}

TEST(LogisticLoss, HasTheSameBitsOnAnyNumberOfThreads) {
  const OwnedRows data = labelled_blobs(20'000, 6, 5, 2, 1);  // several pieces
  std::vector<double> x(35, 0.125), first(35), other(35);
  Context one(1), two(2);
  LogisticLoss alone(data.rows.view(), 5, loss_of(data), 0.1, one), together(data.rows.view(), 5, loss_of(data), 0.1, two);
  EXPECT_EQ(alone(x, first), together(x, other));
  EXPECT_EQ(first, other);
}

TEST(LogisticLoss, PenalisesWeightsAndNotBiases) {
  const OwnedRows data = labelled_blobs(10, 2, 2, 1, 1);
  Context context(1);
  LogisticLoss loss(
      data.rows.view(), 2, [](std::size_t, std::span<float> scores) { return scores[0] = scores[1] = 0, 0.0; }, 3, context);
  const std::vector<double> x = {1, 2, 0, 0, 7, 8};
  std::vector<double> gradient(6);
  EXPECT_DOUBLE_EQ(loss(x, gradient), 0.5 * 3 * 5);
  EXPECT_EQ(gradient, (std::vector<double>{3, 6, 0, 0, 0, 0}));
}

}  // namespace
}  // namespace akin::analysis
