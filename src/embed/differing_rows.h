// How many rows of two results have other bits: what the proofs of invariance count. Private. Tested by verify_test.cc and
// verify_pairs_test.cc.
#pragma once

#include <cstddef>
#include <cstring>

#include "akin/base/matrix.h"

namespace akin {

/// `a` and `b` have one shape.
inline std::size_t rows_that_differ(const Matrix<float>& a, const Matrix<float>& b) {
  std::size_t n = 0;
  for (std::size_t r = 0; r < a.rows(); ++r) n += std::memcmp(a.row(r).data(), b.row(r).data(), a.cols() * sizeof(float)) != 0 ? 1U : 0U;
  return n;
}

}  // namespace akin
