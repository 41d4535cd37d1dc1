// Series as vectors: every run of so many values that follow each other is a row, and what is found of rows comes back to the values.
// Tested by series_windows_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "akin/base/matrix.h"

namespace akin {

/// Row i: values i, …, i + width − 1. Throws Error{invalid_argument} for width 0 and for fewer values than one window has.
Matrix<float> series_windows(std::span<const float> values, std::size_t width);

/// Of each value the mean score of the windows that hold it. scores.size() == n_values − width + 1.
std::vector<double> scores_of_values(std::span<const double> scores, std::size_t width);

}  // namespace akin
