// Distances between float vectors: pairs, one query against many rows, many queries against many rows.
//
// A pair has the same bits whichever form computes it: every form adds the products of one pair into one vector register, dimension by
// dimension, and folds that register in one fixed order. Bits differ between CPU targets only. Accumulation is in float; the error against
// the double-precision loop of distance_reference.h is at most (dim / lanes + log2 lanes + 1) ulp of the sum of absolute terms.
// Dispatch happens once a call, so give whole blocks of rows. Tested by distance_test.cc.
#pragma once

#include <cstdint>
#include <span>

#include "akin/base/matrix.h"

namespace akin::kernels {

/// Σ a·b. a.size() == b.size(); 0 for empty spans.
[[nodiscard]] float dot(std::span<const float> a, std::span<const float> b) noexcept;
/// Σ (a − b)².
[[nodiscard]] float squared_l2(std::span<const float> a, std::span<const float> b) noexcept;
/// Σ |a − b|.
[[nodiscard]] float manhattan(std::span<const float> a, std::span<const float> b) noexcept;

/// out[r] = dot(query, rows.row(r)) at memory speed. query.size() == rows.cols(), out.size() == rows.rows().
void dot_rows(std::span<const float> query, MatrixView<const float> rows, std::span<float> out) noexcept;
void squared_l2_rows(std::span<const float> query, MatrixView<const float> rows, std::span<float> out) noexcept;
void manhattan_rows(std::span<const float> query, MatrixView<const float> rows, std::span<float> out) noexcept;

/// out[i] = dot(query, rows.row(ids[i])): only the rows named are read. Each id < rows.rows(), out.size() == ids.size().
void dot_selected(std::span<const float> query, MatrixView<const float> rows, std::span<const std::uint32_t> ids,
                  std::span<float> out) noexcept;
void squared_l2_selected(std::span<const float> query, MatrixView<const float> rows, std::span<const std::uint32_t> ids,
                         std::span<float> out) noexcept;
void manhattan_selected(std::span<const float> query, MatrixView<const float> rows, std::span<const std::uint32_t> ids,
                        std::span<float> out) noexcept;

/// out(q, r) = dot(queries.row(q), rows.row(r)), register-blocked: arithmetic speed when both views fit the second-level cache.
/// out is (queries.rows(), rows.rows()).
void dot_tile(MatrixView<const float> queries, MatrixView<const float> rows, MatrixView<float> out) noexcept;
void squared_l2_tile(MatrixView<const float> queries, MatrixView<const float> rows, MatrixView<float> out) noexcept;
void manhattan_tile(MatrixView<const float> queries, MatrixView<const float> rows, MatrixView<float> out) noexcept;

}  // namespace akin::kernels
