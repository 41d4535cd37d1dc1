// Rows as sentence vectors lie: around many centres.
#pragma once

#include <cstddef>
#include <cstdint>

#include "akin/base/matrix.h"
#include "akin/base/rng.h"

namespace akin::testing {

inline Matrix<float> clustered_rows(std::size_t n, std::size_t dim, std::uint64_t seed) {
  Rng centre_rng(99), rng(seed);
  Matrix<float> centres(60, dim), rows(n, dim);
  for (std::size_t i = 0; i < centres.size(); ++i) centres.data()[i] = centre_rng.normal();
  for (std::size_t r = 0; r < n; ++r) {
    const std::size_t centre = rng.below(60);
    for (std::size_t i = 0; i < dim; ++i) rows(r, i) = centres(centre, i) + 0.7F * rng.normal();
  }
  return rows;
}

}  // namespace akin::testing
