#include "akin/kernels/activation_backward.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "akin/kernels/reference.h"
#include "row_cases.h"

namespace akin::kernels {
namespace {

constexpr Activation kAll[] = {Activation::none,       Activation::gelu, Activation::gelu_tanh, Activation::silu,
                               Activation::quick_gelu, Activation::relu, Activation::tanh};

/// A central difference of the definition in double: off by 1e-9.
double slope(Activation activation, double x) {
  constexpr double h = 1e-5;
  return (reference::activate(activation, x + h) - reference::activate(activation, x - h)) / (2 * h);
}

double room(double x) { return 4e-6 * std::max(1.0, std::abs(x)); }

TEST(ActivationBackward, IsTheSlopeOfTheDefinition) {
  for (const Activation activation : kAll) {
    for_each_row(3.0F, [&](std::string_view target, std::span<float> x) {
      std::vector<float> d(x.size(), 2.0F);
      activate_backward(activation, x, d, d);
      for (std::size_t i = 0; i < x.size(); ++i) {
        const auto at = static_cast<double>(x[i]);
        if (activation == Activation::relu && std::abs(at) < 1e-4) continue;  // a difference across the corner says nothing
        ASSERT_NEAR(static_cast<double>(d[i]), 2 * slope(activation, at), 2 * room(at))
            << target << " activation " << static_cast<int>(activation) << " at " << at;
      }
    });
  }
}

TEST(ActivationBackward, HoldsFarOut) {
  const std::vector<float> x = {-100, -30, -10, -6, 6, 10, 30, 100};
  for (const Activation activation : kAll) {
    for_each_target([&](std::string_view target) {
      std::vector<float> d(x.size(), 1.0F);
      activate_backward(activation, x, d, d);
      for (std::size_t i = 0; i < x.size(); ++i) {
        const auto at = static_cast<double>(x[i]);
        ASSERT_NEAR(static_cast<double>(d[i]), slope(activation, at), room(at))
            << target << " " << static_cast<int>(activation) << " " << at;
      }
    });
  }
}

TEST(ActivateGated, WritesElsewhereWhatItWritesInPlace) {
  for_each_row(2.0F, [](std::string_view target, std::span<float> x) {
    const std::vector<float> up(x.rbegin(), x.rend());
    std::vector<float> out(x.size()), in_place(x.begin(), x.end());
    activate_gated(Activation::silu, {x, up}, out);
    activate_gated(Activation::silu, in_place, up);
    ASSERT_EQ(out, in_place) << target;
  });
}

TEST(ActivateGatedBackward, IsTheProductRule) {
  for (const Activation activation : {Activation::silu, Activation::gelu}) {
    for_each_row(2.0F, [&](std::string_view target, std::span<float> x) {
      const std::vector<float> up(x.rbegin(), x.rend()), d(x.size(), 0.5F);
      std::vector<float> d_gate(x.size()), d_up(x.size());
      activate_gated_backward(activation, {x, up}, d, {d_gate, d_up});
      for (std::size_t i = 0; i < x.size(); ++i) {
        const auto at = static_cast<double>(x[i]), with = static_cast<double>(up[i]);
        ASSERT_NEAR(static_cast<double>(d_gate[i]), 0.5 * with * slope(activation, at), room(at) * std::max(1.0, std::abs(with))) << target;
        ASSERT_NEAR(static_cast<double>(d_up[i]), 0.5 * reference::activate(activation, at), room(at)) << target;
      }
    });
  }
}

}  // namespace
}  // namespace akin::kernels
