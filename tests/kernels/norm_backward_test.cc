#include "akin/kernels/norm_backward.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "akin/kernels/reference.h"
#include "row_cases.h"

namespace akin::kernels {
namespace {

using Definition = std::function<std::vector<double>(std::span<const double> row, std::span<const float> gamma)>;

std::vector<double> layer(std::span<const double> row, std::span<const float> gamma) { return reference::layer_norm(row, gamma, {}, 1e-5); }
std::vector<double> rms(std::span<const double> row, std::span<const float> gamma) { return reference::rms_norm(row, gamma, 1e-5); }

/// Two rows, and the gradient of what comes after them.
struct Case {
  Matrix<float> x, d_out;
  std::vector<float> gamma;

  explicit Case(std::size_t n) : x(2, n), d_out(2, n), gamma(n) {
    Rng rng(n);
    for (std::size_t i = 0; i < 2 * n; ++i) {
      x.data()[i] = rng.normal() * 2 + 1;
      d_out.data()[i] = rng.normal();
    }
    for (float& g : gamma) g = 1 + 0.5F * rng.normal();
  }
};

/// d/dx[r][c] of Σ d_out · norm(x), by a central difference in double.
double difference(const Case& c, const Definition& norm, std::size_t r, std::size_t column) {
  constexpr double h = 1e-4;
  double sum = 0;
  for (const double sign : {1.0, -1.0}) {
    std::vector<double> row = to_double(c.x.row(r));
    row[column] += sign * h;
    const std::vector<double> out = norm(row, c.gamma);
    for (std::size_t i = 0; i < out.size(); ++i) sum += sign * out[i] * static_cast<double>(c.d_out(r, i));
  }
  return sum / (2 * h);
}

void check(const Definition& norm, void (*backward)(const NormBackward&, const NormGradients&) noexcept, bool has_beta) {
  for (const std::size_t n : {4U, 15U, 16U, 33U, 64U}) {
    const Case c(n);
    for_each_target([&](std::string_view target) {
      Matrix<float> d_x(2, n);
      std::vector<float> d_gamma(n, 1.0F), d_beta(n, 1.0F);
      backward({c.x.view(), c.gamma, 1e-5F, c.d_out.view()}, {d_x.view(), false, d_gamma, d_beta});
      for (std::size_t i = 0; i < n; ++i) {
        double gamma = 1, beta = 1;
        for (std::size_t r = 0; r < 2; ++r) {
          // Gradients of size 1 from f32 sums of n terms.
          ASSERT_NEAR(static_cast<double>(d_x(r, i)), difference(c, norm, r, i), 2e-5) << target << " n=" << n;
          gamma += static_cast<double>(c.d_out(r, i)) * norm(to_double(c.x.row(r)), {})[i];
          beta += static_cast<double>(c.d_out(r, i));
        }
        ASSERT_NEAR(static_cast<double>(d_gamma[i]), gamma, 2e-5) << target << " n=" << n;
        ASSERT_NEAR(static_cast<double>(d_beta[i]), has_beta ? beta : 1.0, 2e-5) << target << " n=" << n;
      }
    });
  }
}

TEST(LayerNormBackward, IsTheGradientOfTheDefinition) { check(layer, layer_norm_backward, true); }
TEST(RmsNormBackward, IsTheGradientOfTheDefinition) { check(rms, rms_norm_backward, false); }

TEST(NormBackward, MayOverwriteTheGradientItReadsOrAddToAnother) {
  const Case c(40);
  Matrix<float> apart(2, 40), in_place = c.d_out.clone(), added = c.x.clone();
  const NormBackward pass{c.x.view(), c.gamma, 1e-5F, c.d_out.view()};
  layer_norm_backward(pass, {apart.view(), false});
  layer_norm_backward({c.x.view(), c.gamma, 1e-5F, in_place.view()}, {in_place.view(), false});
  layer_norm_backward(pass, {added.view(), true});
  for (std::size_t i = 0; i < apart.size(); ++i) {
    ASSERT_EQ(apart.data()[i], in_place.data()[i]);
    ASSERT_NEAR(added.data()[i], apart.data()[i] + c.x.data()[i], 1e-6);  // one rounding fewer where the CPU adds in the product
  }
}

}  // namespace
}  // namespace akin::kernels
