#include "akin/nn/pooling_training.h"

#include <gtest/gtest.h>

#include "akin/base/rng.h"
#include "akin/kernels/norm.h"
#include "nn/gradient_check.h"

namespace akin::nn {
namespace {

Matrix<float> some_rows(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Matrix<float> m(rows, cols);
  Rng rng(seed);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = 2 * rng.normal();
  return m;
}

/// Rows whose numbers are at least 0.9 apart in every column, so that none becomes the largest on the way.
Matrix<float> spread_rows() {
  Matrix<float> m = some_rows(5, 6, 1);
  for (std::size_t r = 0; r < 5; ++r) {
    for (std::size_t c = 0; c < 6; ++c) m(r, c) = static_cast<float>((3 * r + c * c) % 5) + 0.01F * m(r, c);
  }
  return m;
}

TEST(PoolingTraining, EveryModesGradientIsThatOfDifferences) {
  for (const PoolingMode mode : {PoolingMode::cls, PoolingMode::max, PoolingMode::mean, PoolingMode::mean_sqrt_len_tokens,
                                 PoolingMode::weightedmean, PoolingMode::lasttoken}) {
    for (const std::size_t n_skip : {std::size_t{0}, std::size_t{2}}) {
      const Pooling pooling{{mode, PoolingMode::mean}};
      Matrix<float> hidden = spread_rows();
      const Matrix<float> weights = some_rows(1, 12, 2);
      Matrix<float> d_hidden = some_rows(5, 6, 3);  // what stood there must go
      pooling_backward(pooling, hidden.view(), n_skip, weights.row(0), d_hidden.view());
      const auto value = [&] {
        Matrix<float> out(1, 12);
        pooling.forward(hidden.view(), n_skip, out.row(0));
        return weighted_sum(out.view(), weights.view());
      };
      // Pooling is linear (max: piecewise): only rounding is left, 1e-7 · 30 over 1/16.
      expect_gradient(all(hidden), {d_hidden.data(), d_hidden.size()}, value, 1e-4, 1);
    }
  }
}

TEST(PoolingTraining, TheFirstOfEqualRowsGetsAllOfTheMax) {
  Matrix<float> hidden(3, 1), d_hidden(3, 1);
  hidden(1, 0) = hidden(2, 0) = 4;
  const float d_out[] = {2};
  pooling_backward({{PoolingMode::max}}, hidden.view(), 0, d_out, d_hidden.view());
  EXPECT_EQ(d_hidden(0, 0), 0);
  EXPECT_EQ(d_hidden(1, 0), 2);
  EXPECT_EQ(d_hidden(2, 0), 0);
}

TEST(PoolingTraining, UnitLengthsGradientIsThatOfDifferences) {
  Matrix<float> x = some_rows(1, 7, 4);
  const Matrix<float> weights = some_rows(1, 7, 5);
  Matrix<float> unit = x.clone(), d = weights.clone();
  const float length = kernels::l2_normalize(unit.row(0));
  unit_length_backward(unit.row(0), length, d.row(0));
  const auto value = [&] {
    Matrix<float> y = x.clone();
    kernels::l2_normalize(y.row(0));
    return weighted_sum(y.view(), weights.view());
  };
  expect_gradient(all(x), d.row(0), value, 1e-4, 1);  // as above, with a third derivative of about 1 over 6,000
}

TEST(PoolingTraining, AZeroVectorHasAFiniteGradient) {
  const float unit[] = {0, 0};
  float d[] = {1e-13F, 0};
  unit_length_backward(unit, 0, d);
  EXPECT_FLOAT_EQ(d[0], 0.1F);
}

}  // namespace
}  // namespace akin::nn
