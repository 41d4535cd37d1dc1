// Outliers by the tails of each column (ECOD: Li et al., 2022): a number as low or as high as few others are is odd, −ln of their share,
// and a row's columns add up. Nothing to choose; columns are looked at one by one. Tested by ecod_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

class Ecod {
 public:
  /// Keeps each column sorted, 4 bytes a number. O(n · dim · log n). Throws Error{invalid_argument} for rows that are not finite,
  /// Error{cancelled}.
  Ecod(MatrixView<const float> rows, Context& context);

  /// Of the rows that it was made of, as pyod's.
  [[nodiscard]] const std::vector<double>& known() const noexcept { return known_; }
  /// Of others, each as if it alone had been among the known ones. Throws Error{mismatch} for rows of another width.
  [[nodiscard]] std::vector<double> scores(MatrixView<const float> rows, Context& context) const;

 private:
  Matrix<float> sorted_;           ///< (dim, n)
  std::vector<std::int8_t> skew_;  ///< of each column: −1, 0 or 1
  std::vector<double> known_;
};

}  // namespace akin
