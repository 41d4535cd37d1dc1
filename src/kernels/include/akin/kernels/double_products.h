// Sums of products of columns in double: for covariances and distances by them. Tested by double_products_test.cc.
#pragma once

#include <cstddef>

namespace akin::kernels {

/// Column c is n numbers from data + c · n on. The number of columns is a multiple of kColumnGrain and n one of kLengthGrain: what lacks is
/// filled up with zeros. data is aligned to 64 bytes.
struct DoubleColumns {
  static constexpr std::size_t kColumnGrain = 4, kLengthGrain = 16;

  const double* data = nullptr;
  std::size_t n_columns = 0, n = 0;
};

/// products[i, j] += Σ_r column_i[r] · column_j[r] for j ≤ i, and for some others; rows of n_columns numbers. A target's lanes decide the
/// order of additions.
void add_products(const DoubleColumns& columns, double* products) noexcept;

/// squares[r] = Σ_i (Σ_{j ≤ i} lower[i, j] · column_j[r])²; rows of n_columns numbers, those above the diagonal 0.
void triangle_squares(const DoubleColumns& columns, const double* lower, double* squares) noexcept;

}  // namespace akin::kernels
