#include "ridge.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <cstring>

#include "akin/base/rng.h"

namespace akin::train {
namespace {

constexpr std::size_t kTokens = 40, kTexts = 300, kDims = 5;

struct Problem {
  TokenMeans means;
  Matrix<float> targets{kTexts, kDims}, vectors{kTokens, kDims};
  Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(kTexts, kTokens);
};

Problem random_problem() {
  Problem problem;
  Rng rng(3);
  for (std::size_t t = 0; t < kTexts; ++t) {
    std::vector<std::int32_t> ids(1 + t % 9);
    for (std::int32_t& id : ids) id = static_cast<std::int32_t>(static_cast<float>(kTokens) * rng.uniform() * rng.uniform());
    for (const std::int32_t id : ids) problem.dense(static_cast<long>(t), id) += 1 / std::sqrt(static_cast<double>(ids.size()));
    problem.means.add(ids);
    for (float& x : problem.targets.row(t)) x = rng.uniform() - 0.5F;
  }
  problem.means.finish(kTokens);
  for (std::size_t r = 0; r < kTokens; ++r) {
    for (float& x : problem.vectors.row(r)) x = rng.uniform() - 0.5F;
  }
  return problem;
}

Eigen::MatrixXd dense(const Matrix<float>& in) {
  Eigen::MatrixXd out(in.rows(), in.cols());
  for (std::size_t r = 0; r < in.rows(); ++r) {
    for (std::size_t c = 0; c < in.cols(); ++c) out(static_cast<long>(r), static_cast<long>(c)) = static_cast<double>(in(r, c));
  }
  return out;
}

TEST(FitRidge, SolvesTheNormalEquations) {
  Context context(2);
  Problem p = random_problem();
  const Eigen::MatrixXd start = dense(p.vectors), wanted_texts = dense(p.targets);
  const Eigen::MatrixXd square = p.dense.transpose() * p.dense + 0.3 * Eigen::MatrixXd::Identity(kTokens, kTokens);
  const Eigen::MatrixXd wanted = start + square.ldlt().solve(p.dense.transpose() * (wanted_texts - p.dense * start));
  fit_ridge(p.means, p.targets.view(), p.vectors.view(), {.ridge = 0.3, .tolerance = 1e-6, .max_rounds = 200}, context);
  // Floats of size 1 after 40 rounds: 1e-4 is a hundred roundings, a tenth of a per mille of the solution.
  EXPECT_LT((dense(p.vectors) - wanted).cwiseAbs().maxCoeff(), 1e-4);
}

TEST(FitRidge, EndsWhereItWasTold) {
  Context context(1);
  Problem rough = random_problem(), bounded = random_problem();
  const std::size_t n = fit_ridge(rough.means, rough.targets.view(), rough.vectors.view(), {.ridge = 0.3, .tolerance = 0.1}, context);
  EXPECT_GT(n, 0U);
  EXPECT_LT(n, 20U);
  EXPECT_EQ(fit_ridge(bounded.means, bounded.targets.view(), bounded.vectors.view(), {.tolerance = 1e-12, .max_rounds = 3}, context), 3U);
}

TEST(FitRidge, GivesTheSameBitsOnAnyNumberOfThreads) {
  Context one(1), four(4);
  Problem a = random_problem(), b = random_problem();
  fit_ridge(a.means, a.targets.view(), a.vectors.view(), {}, one);
  fit_ridge(b.means, b.targets.view(), b.vectors.view(), {}, four);
  EXPECT_EQ(std::memcmp(a.vectors.view().data(), b.vectors.view().data(), kTokens * kDims * sizeof(float)), 0);
}

TEST(FitRidge, RefusesShapesThatDoNotFit) {
  Context context(1);
  Problem p = random_problem();
  Matrix<float> narrow(kTexts, kDims - 1);
  EXPECT_THROW(fit_ridge(p.means, narrow.view(), p.vectors.view(), {}, context), Error);
  EXPECT_THROW(fit_ridge(p.means, p.targets.view(), p.vectors.view(), {.ridge = 0}, context), Error);
}

}  // namespace
}  // namespace akin::train
