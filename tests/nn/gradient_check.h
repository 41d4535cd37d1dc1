// A gradient against differences: what a part's backward pass says of some numbers, and how a weighted sum of its outputs changes with
// them.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <span>

#include "akin/base/matrix.h"

namespace akin::nn {

inline double weighted_sum(MatrixView<const float> out, MatrixView<const float> weights) {
  double sum = 0;
  for (std::size_t r = 0; r < out.rows(); ++r) {
    for (std::size_t c = 0; c < out.cols(); ++c) sum += static_cast<double>(out(r, c)) * static_cast<double>(weights(r, c));
  }
  return sum;
}

/// `value` runs the f32 forward pass and sums its outputs. Central differences of width 1/32 are off by the rounding of outputs (1e-7 of a
/// sum of some hundred, over 1/16) and by the third derivative over 6,000: `room` is to cover both.
inline void expect_gradient(std::span<float> numbers, std::span<const float> gradient, const std::function<double()>& value, double room,
                            std::size_t step = 3) {
  constexpr float h = 1.0F / 32;
  for (std::size_t i = 0; i < numbers.size(); i += step) {
    const float before = numbers[i];
    const auto central = [&](float width) {
      numbers[i] = before + width;
      const double above = value();
      numbers[i] = before - width;
      const double below = value();
      numbers[i] = before;
      return (above - below) / (2 * static_cast<double>(width));
    };
    const double want = (4 * central(h) - central(2 * h)) / 3;
    ASSERT_NEAR(static_cast<double>(gradient[i]), want, room) << "number " << i;
  }
}

inline std::span<float> all(Matrix<float>& m) { return {m.data(), m.size()}; }

}  // namespace akin::nn
