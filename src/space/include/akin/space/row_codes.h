// 8-bit codes of many rows for a first look: a quarter of the bytes of float rows, four times the arithmetic, and a bound of how far a
// product of codes can be from the product of the rows, so that a search by codes can be made exact by looking again at few rows.
//
// A row x is written s·c + e with whole numbers c from −127 to 127, a query q as t·d + f. Then q·x − s·t·(d·c) = t·d·e + f·x, which by
// Cauchy and Schwarz is at most ‖t·d‖‖e‖ + ‖f‖‖x‖. All norms are taken from the codes as they are. Tested by row_codes_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/kernels/code_dot.h"
#include "akin/space/vector_set.h"

namespace akin {

/// Codes of queries, with what bounds their error.
struct QueryCodes {
  Matrix<std::int8_t> codes;                             ///< (n_queries, padded dim)
  std::vector<std::int32_t> sums;                        ///< Σ d of each
  std::vector<float> scales, norms, code_norms, errors;  ///< t, ‖q‖, ‖t·d‖, ‖f‖ of each
};

/// Throws nothing for numbers that are not finite: their bounds are not finite either.
QueryCodes encode_queries(MatrixView<const float> queries);

class RowCodes {
 public:
  /// Rows of a block; they share one bound.
  static constexpr std::size_t kBlockRows = 256;

  /// Rows first_id … first_id + n_rows − 1. The panels go on to a multiple of 16 rows, with zeros.
  struct Block {
    kernels::CodePanels panels;
    std::uint64_t first_id = 0;
    std::size_t n_rows = 0;
    float norm = 0, error = 0;  ///< the largest ‖x‖ and ‖e‖ among the rows
  };

  /// Codes of every row times its factor (`factors`: one a row, or empty for 1). Reads the rows once, on all threads. Takes dim + 8 bytes a
  /// row. Nothing if a number is not finite or a row is longer than 1e18: such rows have no bound. Throws Error{cancelled}.
  static std::optional<RowCodes> encode(const VectorSet& vectors, std::span<const float> factors, Context& context);

  [[nodiscard]] std::size_t n_blocks() const noexcept { return bounds_.size(); }
  [[nodiscard]] Block block(std::size_t i) const noexcept;
  /// ‖x‖² of each row.
  [[nodiscard]] std::span<const float> squared_norms() const noexcept { return squared_norms_; }
  [[nodiscard]] std::size_t n_bytes() const noexcept;

 private:
  struct Bound {
    float norm = 0, error = 0;
  };

  std::size_t n_rows_ = 0;
  std::size_t dim_ = 0;         // padded
  Matrix<std::uint8_t> codes_;  // (panels, 16 * dim)
  std::vector<float> scales_;   // of every row of the panels
  std::vector<float> squared_norms_;
  std::vector<Bound> bounds_;  // of each block
};

/// The most by which the product of codes of query `q` and a row of `block`, as code_dots() computes it, differs from the product of their
/// floats as any kernel of distance.h computes it. Not finite if the query is not.
[[nodiscard]] float product_error(const QueryCodes& queries, std::size_t q, const RowCodes::Block& block) noexcept;

}  // namespace akin
