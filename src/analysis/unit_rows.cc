#include "unit_rows.h"

#include <algorithm>

#include "akin/space/normalize.h"

namespace akin::analysis {

UnitRows::UnitRows(MatrixView<const float> rows, bool by_angle, Context& context) : rows_(rows) {
  if (!by_angle || has_unit_rows(rows, 1e-6F)) return;
  copy_ = Matrix<float>::uninitialized(rows.rows(), rows.cols());
  for (std::size_t r = 0; r < rows.rows(); ++r) std::ranges::copy(rows.row(r), copy_.row(r).begin());
  normalize_rows(copy_.view(), context);
}

}  // namespace akin::analysis
