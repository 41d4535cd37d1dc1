#include "akin/nn/linear.h"

#include <gtest/gtest.h>

#include <vector>

#include "nn_fixture.h"

namespace akin::nn {
namespace {

struct Case {
  Matrix<float> x = random_rows(7, 10, 1), d_out = random_rows(7, 230, 2), weight;
  std::vector<float> bias;
  WeightOrder order;

  explicit Case(WeightOrder an_order) : bias(230), order(an_order) {
    weight = order == WeightOrder::rows_are_outputs ? random_rows(230, 10, 3) : random_rows(10, 230, 3);
    Rng rng(4);
    for (float& b : bias) b = rng.normal();
  }
  [[nodiscard]] double w(std::size_t out, std::size_t in) const {
    return static_cast<double>(order == WeightOrder::rows_are_outputs ? weight(out, in) : weight(in, out));
  }
  [[nodiscard]] LinearWeights weights() const { return {weight.view(), bias, order}; }
};

class Linear : public ::testing::TestWithParam<WeightOrder> {};

TEST_P(Linear, IsAProductAndABias) {
  const Case c(GetParam());
  Matrix<float> out(7, 230);
  linear_forward(c.x.view(), c.weights(), out.view());
  for (std::size_t r = 0; r < 7; ++r) {
    for (std::size_t o = 0; o < 230; ++o) {
      double want = static_cast<double>(c.bias[o]);
      for (std::size_t i = 0; i < 10; ++i) want += static_cast<double>(c.x(r, i)) * c.w(o, i);
      ASSERT_NEAR(static_cast<double>(out(r, o)), want, 1e-5);  // sums of ten products of size 1 in f32
    }
  }
}

TEST_P(Linear, HandsGradientsDownAndGathersThoseOfItsWeights) {
  const Case c(GetParam());
  Matrix<float> d_x = c.x.clone(), d_weight(c.weight.rows(), c.weight.cols());
  std::vector<float> d_bias(230, 1.0F);
  linear_backward(c.d_out.view(), c.weights(), kernels::Sum::add, d_x.view());
  const LinearGradients gradients{d_weight.view(), d_bias, c.order};
  for (std::size_t piece = 0; piece < linear_pieces(gradients); ++piece) add_linear_piece(piece, c.x.view(), c.d_out.view(), gradients);
  for (std::size_t r = 0; r < 7; ++r) {
    for (std::size_t i = 0; i < 10; ++i) {
      double want = static_cast<double>(c.x(r, i));
      for (std::size_t o = 0; o < 230; ++o) want += static_cast<double>(c.d_out(r, o)) * c.w(o, i);
      ASSERT_NEAR(static_cast<double>(d_x(r, i)), want, 1e-4);  // sums of 230 products in f32
    }
  }
  for (std::size_t o = 0; o < 230; ++o) {
    double bias = 1;
    for (std::size_t r = 0; r < 7; ++r) bias += static_cast<double>(c.d_out(r, o));
    ASSERT_NEAR(static_cast<double>(d_bias[o]), bias, 1e-5);
    for (std::size_t i = 0; i < 10; ++i) {
      double want = 0;
      for (std::size_t r = 0; r < 7; ++r) want += static_cast<double>(c.d_out(r, o)) * static_cast<double>(c.x(r, i));
      ASSERT_NEAR(static_cast<double>(c.order == WeightOrder::rows_are_outputs ? d_weight(o, i) : d_weight(i, o)), want, 1e-5);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, Linear, ::testing::Values(WeightOrder::rows_are_outputs, WeightOrder::rows_are_inputs));

}  // namespace
}  // namespace akin::nn
