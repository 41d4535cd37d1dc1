#include "akin/nn/norm_training.h"

#include <gtest/gtest.h>

#include "gradient_check.h"
#include "nn_fixture.h"

namespace akin::nn {
namespace {

TEST(NormTraining, GradientsAreTheSlopesOfBothKinds) {
  for (const NormKind kind : {NormKind::layer, NormKind::rms}) {
    Matrix<float> x = random_rows(3, 10, 1), out(3, 10), d_x(3, 10);
    const Matrix<float> d_out = random_rows(3, 10, 2);
    std::vector<float> gamma(10, 1.25F), beta(10, 0.5F), d_gamma(10), d_beta(10);
    const NormWeights weights{gamma, beta, {.kind = kind, .eps = 1e-5F}};
    const auto value = [&] {
      norm_forward(x.view(), weights, out.view());
      return weighted_sum(out.view(), d_out.view());
    };
    norm_backward(x.view(), weights, d_out.view(), {d_x.view(), false, d_gamma, d_beta});
    expect_gradient(all(x), {d_x.data(), d_x.size()}, value, 1e-3);
    expect_gradient(gamma, d_gamma, value, 1e-3);
    if (kind == NormKind::layer) expect_gradient(beta, d_beta, value, 1e-3);
  }
}

}  // namespace
}  // namespace akin::nn
