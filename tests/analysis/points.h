// Vectors that several tests of this folder make.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/base/rng.h"

namespace akin::analysis {

/// `n` rows around `k` places, row r around place r % k: normal with deviation `spread`, places uniform in [−10, 10).
inline Matrix<float> blobs(std::size_t n, std::size_t dim, std::size_t k, float spread, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> places(k, dim), rows(n, dim);
  for (std::size_t i = 0; i < places.size(); ++i) places.data()[i] = 20 * rng.uniform() - 10;
  for (std::size_t r = 0; r < n; ++r)
    for (std::size_t c = 0; c < dim; ++c) rows(r, c) = places(r % k, c) + spread * rng.normal();
  return rows;
}

/// `n` equal rows.
inline Matrix<float> equal_rows(std::size_t n, std::size_t dim, float number) {
  Matrix<float> rows(n, dim);
  for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] = number;
  return rows;
}

/// The places that blobs() puts rows around.
inline std::vector<std::int32_t> labels_of(std::size_t n, std::size_t k) {
  std::vector<std::int32_t> labels(n);
  for (std::size_t r = 0; r < n; ++r) labels[r] = static_cast<std::int32_t>(r % k);
  return labels;
}

/// To the last bit.
inline void expect_equal(const Matrix<float>& a, const Matrix<float>& b) {
  ASSERT_EQ(a.size(), b.size());
  EXPECT_TRUE(std::equal(a.data(), a.data() + a.size(), b.data()));
}

}  // namespace akin::analysis
