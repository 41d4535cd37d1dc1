// What every algorithm of this layer asks of the rows it is given. Tested by rows_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

/// The squares of larger ones add up to infinity in float.
inline constexpr float kLargestNumber = 1e17F;

/// Throws Error{invalid_argument} beginning with `who` unless there is a row, rows have numbers, and all are finite and at most
/// kLargestNumber in size: the message names the first row that has another.
void check_rows(MatrixView<const float> rows, std::string_view who, Context& context);

/// The bytes of a row's numbers: rows of the same bytes are equal to the last bit. Of the rows' memory.
[[nodiscard]] inline std::string_view row_bytes(MatrixView<const float> rows, std::size_t row) {
  const auto bytes = std::as_bytes(rows.row(row));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The mean of each column, added in double. At least one row.
[[nodiscard]] std::vector<double> column_means(MatrixView<const float> rows, Context& context);

}  // namespace akin
