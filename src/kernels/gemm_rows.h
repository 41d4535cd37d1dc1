// The passes before and after a product: rows into the form a GEMM type reads, products of 8-bit numbers back to floats, activations.
// One call a tile of rows, which is in cache. Form follows the target: native types hold bf16 or 8 bits, others the floats those stand for.
#pragma once

#include <cstddef>
#include <cstdint>

#include "akin/base/matrix.h"
#include "akin/kernels/gemm.h"

namespace akin::kernels {

/// What turns sums of 8-bit products into floats: y = (sum − zero · column_sum) · scale · column_scale + bias.
struct ByteProduct {
  const std::int32_t* sums = nullptr;  ///< (rows, cols) without gaps
  const float* row_scales = nullptr;
  const std::int32_t* row_zeros = nullptr;
  const float* column_scales = nullptr;
  const std::int32_t* column_sums = nullptr;
  const float* bias = nullptr;
};

/// Where 8-bit rows and what reads them back are written.
struct ByteRows {
  std::uint8_t* bytes = nullptr;  ///< without gaps
  float* scales = nullptr;
  std::int32_t* zeros = nullptr;
};

struct GemmRows::Access {
  static bool native(const GemmRows& rows) { return rows.native_; }
  static MatrixView<const float> floats(const GemmRows& rows) { return rows.borrowed_; }
  static const std::uint16_t* halves(const GemmRows& rows) { return rows.halves_.data(); }
  static const std::uint8_t* bytes(const GemmRows& rows) { return rows.bytes_.data(); }
  static const float* scales(const GemmRows& rows) { return rows.scales_.data(); }
  static const std::int32_t* zero_points(const GemmRows& rows) { return rows.zero_points_.data(); }
  /// At least `count` numbers of working memory.
  static float* scratch(GemmRows& rows, std::size_t count);
  static std::int32_t* sums(GemmRows& rows, std::size_t count);
  /// Sets shape and form and makes room; f32 rows that are not borrowed too.
  static void resize(GemmRows& rows, GemmType type, std::size_t n_rows, std::size_t n_cols, bool owns_floats);
  static void borrow(GemmRows& rows, MatrixView<const float> x);
  static MatrixView<float> own_floats(GemmRows& rows) { return {rows.floats_.data(), rows.rows_, rows.cols_}; }
  static ByteRows byte_rows(GemmRows& rows, std::size_t first);
  /// Rows [first, first + x.rows()) of `rows` = activation(x) in their form; x may be overwritten.
  static void store(GemmRows& rows, std::size_t first, Activation activation, MatrixView<float> x);
  /// The same without an activation.
  static void store(GemmRows& rows, std::size_t first, MatrixView<const float> x);
  /// 8-bit rows [first, first + count) of `rows` = activation of the product; `row` is scratch for one row.
  static void finish(GemmRows& rows, std::size_t first, std::size_t count, const ByteProduct& product, Activation activation, float* row);
};

/// out = activation(y), out.rows() rows.
void finish_product(const ByteProduct& product, Activation activation, MatrixView<float> out);

}  // namespace akin::kernels
