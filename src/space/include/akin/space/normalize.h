// Vectors of length 1. Tested by normalize_test.cc.
#pragma once

#include <span>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

/// ‖v‖, the squares summed in double.
[[nodiscard]] float norm_of(std::span<const float> v) noexcept;

/// v / ‖v‖ in place; a zero vector stays. Returns the norm it had.
float normalize(std::span<float> v) noexcept;

/// Every row, on all threads.
void normalize_rows(MatrixView<float> rows, Context& context);

/// True if every row's length is 1 within `tolerance` (rounding to float leaves about 1e-7).
[[nodiscard]] bool has_unit_rows(MatrixView<const float> rows, float tolerance = 1e-3F) noexcept;

}  // namespace akin
