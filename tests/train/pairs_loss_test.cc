#include "akin/train/pairs_loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "akin/base/rng.h"
#include "base/throws.h"
#include "nn/gradient_check.h"

namespace akin {
namespace {

Matrix<float> some_vectors(std::size_t rows, std::size_t cols) {
  Matrix<float> m(rows, cols);
  Rng rng(11);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = 2 * rng.normal();
  return m;
}

/// Four pairs and two negatives.
struct Batch {
  std::vector<std::uint32_t> ids = std::vector<std::uint32_t>(10);
  std::vector<std::int32_t> labels;
  std::vector<float> scores = {0.1F, 0.9F, 0.5F, 0.5F};
  Matrix<float> vectors = some_vectors(10, 8), d = Matrix<float>(10, 8);

  Batch() { std::iota(ids.begin(), ids.end(), 0U); }
  [[nodiscard]] PairRows rows() const { return {4, 2, ids, labels, scores}; }
  double loss(const PairLossOptions& options) { return pair_loss(vectors.view(), rows(), options, d.view()); }
};

double cosine(const Matrix<float>& m, std::size_t a, std::size_t b, std::size_t dims) {
  double dot = 0, aa = 0, bb = 0;
  for (std::size_t c = 0; c < dims; ++c) {
    dot += static_cast<double>(m(a, c)) * static_cast<double>(m(b, c));
    aa += static_cast<double>(m(a, c)) * static_cast<double>(m(a, c));
    bb += static_cast<double>(m(b, c)) * static_cast<double>(m(b, c));
  }
  return dot / std::sqrt(aa * bb);
}

TEST(PairsLoss, IsWhatItsFormulaSays) {
  Batch batch;
  const auto ranking = [&](std::size_t dims) {
    double loss = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      double sum = 0;
      for (std::size_t j = 4; j < 10; ++j) sum += std::exp(20 * cosine(batch.vectors, i, j, dims));
      loss += (std::log(sum) - 20 * cosine(batch.vectors, i, 4 + i, dims)) / 4;
    }
    return loss;
  };
  // Scores are up to 20 in float32.
  EXPECT_NEAR(batch.loss({}), ranking(8), 2e-5);
  EXPECT_NEAR(batch.loss({.dims = {8, 3}}), ranking(8) + ranking(3), 4e-5);
  double cosent = 1, squares = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const double own = cosine(batch.vectors, i, 4 + i, 8);
    squares += std::pow(own - static_cast<double>(batch.scores[i]), 2) / 4;
    for (std::size_t j = 0; j < 4; ++j) {
      if (batch.scores[i] < batch.scores[j]) cosent += std::exp(20 * (own - cosine(batch.vectors, j, 4 + j, 8)));
    }
  }
  EXPECT_NEAR(batch.loss({.loss = PairLoss::cosent, .dims = {}}), std::log(cosent), 2e-5);
  EXPECT_NEAR(batch.loss({.loss = PairLoss::cosine, .dims = {}}), squares, 1e-6);
}

TEST(PairsLoss, EveryGradientIsThatOfDifferences) {
  const PairLossOptions all[] = {{.scale = 5, .dims = {}},
                                 {.scale = 5, .both_directions = true, .dims = {}},
                                 {.scale = 5, .dims = {8, 3}},
                                 {.loss = PairLoss::cosent, .scale = 5, .dims = {}},
                                 {.loss = PairLoss::cosent, .scale = 5, .dims = {5, 2}},
                                 {.loss = PairLoss::cosine, .dims = {}}};
  for (const PairLossOptions& options : all) {
    Batch batch;
    batch.labels = {0, 1, 0, 2, 0, 1, 0, 2, 3, 1};
    batch.loss(options);
    const Matrix<float> gradient = batch.d.clone();
    const auto value = [&] { return batch.loss(options); };
    // Losses of about 5 in float32, over 1/16, and third derivatives of order 1 over 6,000.
    nn::expect_gradient(nn::all(batch.vectors), {gradient.data(), gradient.size()}, value, 2e-3, 1);
  }
}

TEST(PairsLoss, ATextOfTheSameLabelIsNoNegative) {
  Batch batch;
  batch.labels = {0, 0, 1, 2, 0, 0, 1, 2, 0, -1};
  double loss = 0;
  const auto against = [&](std::size_t i, const std::vector<std::size_t>& candidates) {
    double sum = 0;
    for (const std::size_t j : candidates) sum += std::exp(20 * cosine(batch.vectors, i, j, 8));
    loss += (std::log(sum) - 20 * cosine(batch.vectors, i, 4 + i, 8)) / 4;
  };
  against(0, {4, 6, 7, 9});
  against(1, {5, 6, 7, 9});
  against(2, {4, 5, 6, 7, 8, 9});
  against(3, {4, 5, 6, 7, 8, 9});
  EXPECT_NEAR(batch.loss({}), loss, 2e-5);
}

TEST(PairsLoss, TheSameTextIsNoNegative) {
  Batch batch;
  const double before = batch.loss({});
  batch.ids[5] = batch.ids[4];  // the second pair has the first one's positive
  const double after = batch.loss({});
  EXPECT_LT(after, before);
  EXPECT_NE(batch.d(5, 0), 0);  // it is still its own pair's positive
}

TEST(PairsLoss, EqualScoresSayNothing) {
  Batch batch;
  batch.scores.assign(4, 0.5F);
  EXPECT_EQ(batch.loss({.loss = PairLoss::cosent, .dims = {}}), 0);
  for (std::size_t i = 0; i < batch.d.size(); ++i) EXPECT_EQ(batch.d.data()[i], 0);
}

TEST(PairsLoss, VectorsOfZeroHaveAFiniteLoss) {
  Batch batch;
  std::fill_n(batch.vectors.data(), 8, 0.0F);
  for (const PairLoss loss : {PairLoss::ranking, PairLoss::cosent, PairLoss::cosine}) {
    EXPECT_TRUE(std::isfinite(batch.loss({.loss = loss, .dims = {}})));
    for (std::size_t i = 0; i < batch.d.size(); ++i) EXPECT_TRUE(std::isfinite(batch.d.data()[i]));
  }
}

TEST(PairsLoss, SaysWhatIsOutOfRange) {
  testing::expect_error(ErrorCode::invalid_argument, "known are ranking, cosent, cosine", [] { pair_loss_from("contrast"); });
  testing::expect_error(ErrorCode::invalid_argument, "the scale must be", [] { check({.scale = 0, .dims = {}}, 8); });
  testing::expect_error(ErrorCode::invalid_argument, "cut to 9 dimensions: the model gives 8", [] { check({.dims = {4, 9}}, 8); });
  testing::expect_error(ErrorCode::invalid_argument, "only ranking has two directions",
                        [] { check({.loss = PairLoss::cosine, .both_directions = true, .dims = {}}, 8); });
}

}  // namespace
}  // namespace akin
