#include "akin/kernels/activation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "akin/kernels/reference.h"
#include "row_cases.h"

namespace akin::kernels {
namespace {

constexpr Activation kAll[] = {Activation::none, Activation::gelu, Activation::gelu_tanh,
                               Activation::silu, Activation::relu, Activation::tanh};

/// The contract of activation.h.
double tolerance(Activation activation, double x) { return (activation == Activation::gelu ? 1e-6 : 2e-6) * std::max(1.0, std::abs(x)); }

TEST(Activation, EqualsTheReferenceForEverySizeAndMisalignment) {
  for_each_row(2.0F, [](std::string_view target, std::span<float> x) {
    for (const Activation activation : kAll) {
      std::vector<float> y(x.begin(), x.end());
      activate(activation, y);
      for (std::size_t i = 0; i < y.size(); ++i) {
        const auto in = static_cast<double>(x[i]);
        ASSERT_NEAR(static_cast<double>(y[i]), reference::activate(activation, in), tolerance(activation, in))
            << target << " n=" << x.size();
      }
    }
  });
}

TEST(Activation, StaysWithinItsErrorOverTheWholeRange) {
  std::vector<float> x;
  for (double v = -30; v <= 30; v += 1e-3) x.push_back(static_cast<float>(v));
  for (const float v : {0.0F, -0.0F, 1e-30F, -1e-30F, 1e-6F, -1e-6F, 88.0F, -88.0F, 1e4F, -1e4F}) x.push_back(v);
  for_each_target([&](std::string_view target) {
    for (const Activation activation : kAll) {
      std::vector<float> y = x;
      activate(activation, y);
      for (std::size_t i = 0; i < y.size(); ++i) {
        const auto in = static_cast<double>(x[i]);
        ASSERT_NEAR(static_cast<double>(y[i]), reference::activate(activation, in), tolerance(activation, in)) << target << " x=" << in;
      }
    }
  });
}

TEST(Activation, GivesANumberTheSameBitsAtEveryPlace) {
  for_each_target([](std::string_view target) {
    for (const Activation activation : kAll) {
      std::vector<float> x(40, 0.7F);
      activate(activation, x);
      EXPECT_EQ(std::count(x.begin(), x.end(), x[0]), 40) << target;
    }
  });
}

TEST(Activation, GatedMultipliesByTheOtherHalf) {
  for_each_row(1.0F, [](std::string_view target, std::span<float> x) {
    std::vector<float> gate(x.begin(), x.end()), up(x.rbegin(), x.rend());
    activate_gated(Activation::silu, gate, up);
    for (std::size_t i = 0; i < gate.size(); ++i) {
      const double want = reference::activate(Activation::silu, static_cast<double>(x[i])) * static_cast<double>(up[i]);
      ASSERT_NEAR(static_cast<double>(gate[i]), want, 1e-5) << target;
    }
  });
}

}  // namespace
}  // namespace akin::kernels
