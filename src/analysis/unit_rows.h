// Rows as they are, or a copy of them at length 1: then half the square of a Euclidean distance is the cosine distance.
// Tested by unit_rows_test.cc.
#pragma once

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin::analysis {

class UnitRows {
 public:
  /// No copy is made where it is not asked for, or rows have length 1 already, within 1e-6.
  UnitRows(MatrixView<const float> rows, bool by_angle, Context& context);
  [[nodiscard]] MatrixView<const float> view() const noexcept { return copy_.empty() ? rows_ : copy_.view(); }

 private:
  MatrixView<const float> rows_;
  Matrix<float> copy_;
};

}  // namespace akin::analysis
