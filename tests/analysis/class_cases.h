// Labelled rows that several tests of this folder make.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "akin/analysis/class_labels.h"
#include "akin/base/error.h"
#include "golden_rows.h"
#include "points.h"

namespace akin::analysis {

/// Rows that own what LabelledRows only views.
struct OwnedRows {
  Matrix<float> rows;
  std::vector<std::int32_t> labels;
  std::size_t n_classes = 0;
  [[nodiscard]] LabelledRows view() const { return {rows.view(), labels, n_classes}; }
};

/// `n` rows around `k` places, row r of class r % k.
inline OwnedRows labelled_blobs(std::size_t n, std::size_t dim, std::size_t k, float spread, std::uint64_t seed) {
  OwnedRows out{blobs(n, dim, k, spread, seed), {}, k};
  for (std::size_t r = 0; r < n; ++r) out.labels.push_back(static_cast<std::int32_t>(r % k));
  return out;
}

/// 500 rows of 6 classes of tests/golden/analysis/heads.
inline OwnedRows golden_classes() { return {golden::rows("rows", "heads"), golden::labels("labels", "heads"), 6}; }

/// Those of the classes 0 and 1.
inline OwnedRows two_golden_classes() {
  OwnedRows all = golden_classes(), out{{}, {}, 2};
  std::vector<std::size_t> chosen;
  for (std::size_t r = 0; r < all.labels.size(); ++r)
    if (all.labels[r] < 2) chosen.push_back(r);
  out.rows = Matrix<float>(chosen.size(), all.rows.cols());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    std::ranges::copy(all.rows.row(chosen[i]), out.rows.row(i).begin());
    out.labels.push_back(all.labels[chosen[i]]);
  }
  return out;
}

/// Numbers that a fixture stored as floats.
inline void expect_stored(const std::vector<double>& found, const std::vector<float>& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i] / static_cast<double>(wanted[i]), 1, 1e-6);
}

inline void expect_same_bits(const Matrix<float>& a, const Matrix<float>& b) {
  ASSERT_EQ(a.rows(), b.rows());
  ASSERT_EQ(a.cols(), b.cols());
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_EQ(a.data()[i], b.data()[i]) << "number " << i;
}

inline void expect_near(const Matrix<float>& a, const Matrix<float>& b, double tolerance) {
  ASSERT_EQ(a.rows(), b.rows());
  ASSERT_EQ(a.cols(), b.cols());
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a.data()[i], b.data()[i], tolerance) << "number " << i;
}

/// What the call complains of; "" if it does not.
template <class Call>
std::string complaint_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace akin::analysis
