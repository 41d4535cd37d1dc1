// Softmax of a row, in place. Tested by softmax_test.cc.
#pragma once

#include <span>

namespace akin::kernels {

/// row[i] = exp(row[i] − max) / Σ exp(row[j] − max). −∞ gives 0; a row of only −∞ gives zeros. Relative error under 1e-6 · sqrt(n).
void softmax(std::span<float> row) noexcept;

}  // namespace akin::kernels
