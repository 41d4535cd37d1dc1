// Sums of many rows of floats, kept in double: the last digits of the sum of a million rows are still there. Tested by
// double_sums_test.cc.
#pragma once

#include <span>

namespace akin::kernels {

/// sums[i] += factor · x[i], each product and sum rounded to double. x.size() == sums.size().
void add_to_sums(std::span<const float> x, double factor, std::span<double> sums) noexcept;

}  // namespace akin::kernels
