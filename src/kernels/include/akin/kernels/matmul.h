// Matrix products whose factors all change from call to call: what training needs beside gemm.h, whose weights are packed once. oneDNN's
// on every CPU; the same shapes give the same bits. A call runs on the thread that makes it. Why: docs/adr/0003-gemm.md.
// Tested by matmul_test.cc.
#pragma once

#include <span>

#include "akin/base/matrix.h"

namespace akin::kernels {

/// One side of a product: a matrix as it lies, or turned over.
struct Factor {
  MatrixView<const float> matrix;
  bool is_transposed = false;

  [[nodiscard]] std::size_t rows() const noexcept { return is_transposed ? matrix.cols() : matrix.rows(); }
  [[nodiscard]] std::size_t cols() const noexcept { return is_transposed ? matrix.rows() : matrix.cols(); }
};
inline Factor plain(MatrixView<const float> matrix) noexcept { return {matrix, false}; }
inline Factor transposed(MatrixView<const float> matrix) noexcept { return {matrix, true}; }

/// How a product meets what `out` holds.
enum class Sum {
  replace,  ///< out = a · b
  add,      ///< out += a · b
};

/// out (a.rows(), b.cols()) from a · b, times `scale`. Rows of each may be strided. An inner dimension of 0 gives zeros.
/// Throws Error{invalid_argument} if the shapes disagree.
void matmul(const Factor& a, const Factor& b, Sum sum, MatrixView<float> out, float scale = 1);

/// sums[c] += Σ_r x(r, c), rows in order. sums.size() == x.cols().
void add_column_sums(MatrixView<const float> x, std::span<float> sums) noexcept;

}  // namespace akin::kernels
