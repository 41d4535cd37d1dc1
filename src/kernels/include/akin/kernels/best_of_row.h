// The largest numbers of each row of a matrix: which centre a row is nearest to, once a product has its scores. Of equal numbers the first
// counts; no NaN. Tested by best_of_row_test.cc.
#pragma once

#include <cstdint>
#include <span>

#include "akin/base/matrix.h"

namespace akin::kernels {

/// What is known of a row so far.
struct BestTwo {
  float best = 0;            ///< the largest number
  float second = 0;          ///< the largest of the others; −infinity where there are none
  std::uint32_t column = 0;  ///< of the largest
};

/// out[r] = the two largest numbers of row r, whose first column has the number `first_column`. x.cols() > 0, out.size() == x.rows().
void best_two_of_rows(MatrixView<const float> x, std::uint32_t first_column, std::span<BestTwo> out) noexcept;

/// Of the columns that `a` and then `b` have looked at.
constexpr BestTwo merged(const BestTwo& a, const BestTwo& b) noexcept {
  if (b.best > a.best) return {b.best, a.best > b.second ? a.best : b.second, b.column};
  return {a.best, b.best > a.second ? b.best : a.second, a.column};
}

}  // namespace akin::kernels
