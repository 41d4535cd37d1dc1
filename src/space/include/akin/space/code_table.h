// Codes of rows for a search that picks rows one by one, as a walk through a graph does: each row at cache lines of its own, with what
// turns a product of codes into an estimate of the distance. 8-bit codes in panels for a pass over all rows: see row_codes.h.
//
// Rows are coded around their mean m, which costs a search nothing and takes away what all rows share: x − m ≈ s·c with whole numbers c, a
// query as q − m ≈ t·d. The estimate ‖x − m‖² − 2·s·t·(d·c) is ‖q − x‖² less what is the same for all rows. Cosine takes rows and queries
// at length 1. For dot nothing is taken away and the estimate is −2·s·t·(d·c).
//
// bits  bytes a row (384 numbers)  error of a product of unit vectors
// 8     384 + 8                    0.0005
// 4     192 + 8                    0.006; the scale makes it right on average (as RaBitQ does: Gao & Long, 2024)
//
// Tested by code_table_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/kernels/code_rows.h"
#include "akin/space/metric.h"
#include "akin/space/vector_set.h"

namespace akin {

/// Of one row. Both are 0 for a row that is not finite or longer than 1e18.
struct CodeFactor {
  float scale = 0;  ///< s
  float norm2 = 0;  ///< ‖x − m‖²
};

/// What all rows of a table share.
struct CodeFrame {
  Metric metric = Metric::cosine;
  std::size_t dim = 0;
  std::vector<float> mean;  ///< dim numbers, zeros for dot
  /// Dot only: the largest ‖x‖². Between rows a coordinate more makes all of them that long (Bachrach et al., 2014), so that the nearest
  /// row is the one with the largest product.
  float longest2 = 0;
};

/// A query, or a row in its place, as estimates need it.
struct CodeQuery {
  kernels::CodeRowQuery code;
  float factor = 0;  ///< −2 t
  float weight = 0;  ///< of ‖x − m‖²: 0 for a query of a dot search
  float extra = 0;   ///< the coordinate more of a row of a dot search
  float norm2 = 0;   ///< ‖q − m‖² of a row in a query's place: with the estimate it gives ‖q − x‖²
};

class CodeTable {
 public:
  CodeTable() = default;
  /// Reads the rows once, on all threads. Throws Error{invalid_argument} for Metric::manhattan, which is not made of products, Error{limit}
  /// for more than 65536 dimensions, Error{cancelled}.
  static CodeFrame frame_of(const VectorSet& vectors, Metric metric, Context& context);
  /// Codes of vectors.row(order[i]) as row i; `bits` is 8 or 4. Reads the rows once, on all threads. Throws Error{cancelled}.
  static CodeTable encode(const VectorSet& vectors, const CodeFrame& frame, int bits, std::span<const std::uint32_t> order,
                          Context& context);
  /// Over codes that lie elsewhere (a mapped file) and are kept alive by `owner`. codes.cols() == code_row_bytes(dim, bits).
  CodeTable(CodeFrame frame, int bits, MatrixView<const std::uint8_t> codes, std::span<const CodeFactor> factors,
            std::shared_ptr<const void> owner);

  /// Rows `kept` of this table, then codes of vectors.row(order[i]) in the same frame. Reads the latter alone. Throws Error{cancelled}.
  [[nodiscard]] CodeTable extended(std::span<const std::uint32_t> kept, const VectorSet& vectors, std::span<const std::uint32_t> order,
                                   Context& context) const;
  /// The same codes, row i that was row order[i].
  [[nodiscard]] CodeTable reordered(std::span<const std::uint32_t> order, Context& context) const;

  [[nodiscard]] std::size_t size() const noexcept { return codes_.rows(); }
  [[nodiscard]] int bits() const noexcept { return bits_; }
  [[nodiscard]] const CodeFrame& frame() const noexcept { return frame_; }
  [[nodiscard]] MatrixView<const std::uint8_t> codes() const noexcept { return codes_; }
  [[nodiscard]] std::span<const CodeFactor> factors() const noexcept { return factors_; }

  /// Numbers of room that a query's code takes, at a cache line.
  [[nodiscard]] std::size_t query_size() const noexcept { return kernels::code_query_size(frame_.dim); }
  /// A query of dim numbers; for cosine it has length 1. Its code lies in `room`.
  [[nodiscard]] CodeQuery encode_query(std::span<const float> query, std::span<std::int8_t> room) const noexcept;
  /// Row `row` of a table of 8 bits in a query's place, for this and other tables of the same frame.
  [[nodiscard]] CodeQuery row_as_query(std::uint32_t row, std::span<std::int8_t> room) const noexcept;

  /// out[i] = the estimate for row rows[i]. `sums` is room for as many numbers.
  void estimate(const CodeQuery& query, std::span<const std::uint32_t> rows, std::span<std::int32_t> sums,
                std::span<float> out) const noexcept;
  /// Asks the memory for what an estimate reads of a row.
  void prefetch(std::uint32_t row) const noexcept {
    __builtin_prefetch(&factors_[row]);
    const std::uint8_t* code = codes_.row_data(row);
    for (std::size_t i = 0; i < codes_.cols(); i += kAlignment) __builtin_prefetch(code + i);
  }

 private:
  CodeFrame frame_;
  int bits_ = 8;
  MatrixView<const std::uint8_t> codes_;
  std::span<const CodeFactor> factors_;
  std::shared_ptr<const void> owner_;
};

}  // namespace akin
