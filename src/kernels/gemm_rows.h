// The passes before and after a product: rows into the form a GEMM type reads, activations. One call a tile of rows, which is in cache.
// Form follows the target: native types hold bf16 or 8 bits, others the floats those stand for. Tested by gemm_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>

#include "akin/base/matrix.h"
#include "akin/kernels/gemm.h"

namespace akin::kernels {

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
  /// Sets shape and form and makes room; f32 rows that are not borrowed too.
  static void resize(GemmRows& rows, GemmType type, std::size_t n_rows, std::size_t n_cols, bool owns_floats);
  static void borrow(GemmRows& rows, MatrixView<const float> x);
  static MatrixView<float> own_floats(GemmRows& rows) { return {rows.floats_.data(), rows.rows_, rows.cols_}; }
  static ByteRows byte_rows(GemmRows& rows, std::size_t first);
  /// Rows [first, first + x.rows()) of `rows` = activation(x) in their form; x may be overwritten.
  static void store(GemmRows& rows, std::size_t first, Activation activation, MatrixView<float> x);
  /// The same without an activation.
  static void store(GemmRows& rows, std::size_t first, MatrixView<const float> x);
};

/// True if this CPU, under the target in use, multiplies numbers of `type` in hardware and we have a kernel for it.
bool is_native(GemmType type);

}  // namespace akin::kernels
