#include "akin/kernels/norm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "akin/kernels/reference.h"
#include "row_cases.h"

namespace akin::kernels {
namespace {

// Outputs are of size 1 (gamma up to 3): a few roundings of f32, more where a long sum came first.
constexpr double kTolerance = 1e-5;

MatrixView<const float> one_row(std::span<const float> x) { return {x.data(), 1, x.size()}; }
MatrixView<float> one_row(std::span<float> x) { return {x.data(), 1, x.size()}; }

std::vector<float> ramp(std::size_t n, float from, float step) {
  std::vector<float> v(n);
  for (std::size_t i = 0; i < n; ++i) v[i] = from + step * static_cast<float>(i % 16);
  return v;
}

TEST(LayerNorm, EqualsTheReferenceForEverySizeAndMisalignment) {
  for_each_row(3.0F, [](std::string_view target, std::span<float> x) {
    if (x.empty()) return;
    const std::vector<float> gamma = ramp(x.size(), 0.5F, 0.125F), beta = ramp(x.size(), -1.0F, 0.25F);
    std::vector<float> y(x.size());
    layer_norm(one_row(std::span<const float>(x)), gamma, beta, 1e-5F, one_row(std::span<float>(y)));
    const std::vector<double> want = reference::layer_norm(to_double(x), gamma, beta, 1e-5);
    for (std::size_t i = 0; i < y.size(); ++i) ASSERT_NEAR(static_cast<double>(y[i]), want[i], kTolerance) << target << " n=" << x.size();
  });
}

TEST(LayerNorm, AddsTheResidualAndMayWriteOverItsInputs) {
  for_each_row(1.0F, [](std::string_view target, std::span<float> x) {
    if (x.empty()) return;
    std::vector<float> residual(x.rbegin(), x.rend()), in_place(x.begin(), x.end()), over_residual = residual;
    std::vector<double> sum(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) sum[i] = static_cast<double>(x[i]) + static_cast<double>(residual[i]);
    const std::vector<double> want = reference::layer_norm(sum, {}, {}, 1e-12);
    add_layer_norm(one_row(std::span<const float>(in_place)), one_row(std::span<const float>(residual)), {}, {}, 1e-12F,
                   one_row(std::span<float>(in_place)));
    add_layer_norm(one_row(std::span<const float>(x)), one_row(std::span<const float>(over_residual)), {}, {}, 1e-12F,
                   one_row(std::span<float>(over_residual)));
    EXPECT_EQ(in_place, over_residual) << target;
    // Rows of two or three numbers may be nearly constant: their few digits are divided by a small deviation.
    const double room = x.size() < 8 ? 1e-2 : kTolerance;
    for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(static_cast<double>(in_place[i]), want[i], room) << target << " n=" << x.size();
  });
}

TEST(LayerNorm, KeepsItsDigitsWhereTheMeanIsLarge) {
  std::vector<float> x(384);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 4096.0F + static_cast<float>(i % 7);
  const std::vector<double> want = reference::layer_norm(to_double(x), {}, {}, 1e-5);
  for_each_target([&](std::string_view target) {
    std::vector<float> y(x.size());
    layer_norm(one_row(std::span<const float>(x)), {}, {}, 1e-5F, one_row(std::span<float>(y)));
    // The mean of 384 numbers of size 4096 is off by about 1e-4 of a deviation.
    for (std::size_t i = 0; i < y.size(); ++i) ASSERT_NEAR(static_cast<double>(y[i]), want[i], 5e-4) << target;
  });
}

TEST(RmsNorm, EqualsTheReferenceForEverySizeAndMisalignment) {
  for_each_row(3.0F, [](std::string_view target, std::span<float> x) {
    if (x.empty()) return;
    const std::vector<float> gamma = ramp(x.size(), 0.5F, 0.125F);
    std::vector<float> y(x.size());
    rms_norm(one_row(std::span<const float>(x)), gamma, 1e-6F, one_row(std::span<float>(y)));
    const std::vector<double> want = reference::rms_norm(to_double(x), gamma, 1e-6);
    for (std::size_t i = 0; i < y.size(); ++i) ASSERT_NEAR(static_cast<double>(y[i]), want[i], kTolerance) << target;
  });
}

TEST(L2Normalize, MakesUnitLengthAndReturnsTheLengthThatWas) {
  for_each_row(2.0F, [](std::string_view target, std::span<float> x) {
    double square = 0, after = 0;
    for (const double v : to_double(x)) square += v * v;
    const float length = l2_normalize(x);
    ASSERT_NEAR(static_cast<double>(length), std::sqrt(square), 1e-6 * std::sqrt(square) + 1e-30) << target;
    for (const double v : to_double(x)) after += v * v;
    ASSERT_NEAR(after, x.empty() ? 0 : 1, 1e-5) << target;
  });
}

TEST(L2Normalize, LeavesZerosZero) {
  std::vector<float> x(20, 0.0F);
  EXPECT_EQ(l2_normalize(x), 0.0F);
  EXPECT_EQ(x, std::vector<float>(20, 0.0F));
}

}  // namespace
}  // namespace akin::kernels
