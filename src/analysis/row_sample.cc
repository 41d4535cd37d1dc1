#include "row_sample.h"

#include <algorithm>

#include "akin/base/error.h"

namespace akin::analysis {

Matrix<float> draw_rows(MatrixView<const float> rows, std::size_t n, Rng& rng) {
  require(n <= rows.rows(), "draw_rows: more rows than there are");
  Matrix<float> out = Matrix<float>::uninitialized(n, rows.cols());
  std::size_t taken = 0;
  for (std::size_t r = 0; taken < n; ++r)  // each with the chance that leaves enough (Knuth, algorithm S)
    if (rng.below(rows.rows() - r) < n - taken) std::copy_n(rows.row_data(r), rows.cols(), out.row(taken++).data());
  return out;
}

}  // namespace akin::analysis
