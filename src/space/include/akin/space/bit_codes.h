// One bit a dimension of every row, with numbers beside it that make products unbiased: RaBitQ (Gao & Long, SIGMOD 2024).
//
// A row x is its centre c (the mean of all rows) and a rest r; R r, rotated at random, is kept as its signs s. Then q·x = q·c + (R q)·(R
// r), and (R q)·(R r) is about ‖r‖² / Σ|R r| · (R q)·s, without bias over the rotation and with an error of about ‖r‖‖q‖ / sqrt(dim). The
// query is kept as 4-bit whole numbers, so that the last product is counting bits. Tested by bit_codes_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/space/rotation.h"
#include "akin/space/vector_set.h"

namespace akin {

class BitCodes {
 public:
  /// A query as its products with codes want it.
  struct Query {
    Matrix<std::uint8_t> planes;  ///< (kernels::kBitPlanes, bytes of a code)
    float low = 0, step = 0;      ///< a dimension is about low + step · its 4-bit value
    float sum = 0;                ///< Σ R q
    float centre = 0;             ///< q·c
  };

  /// Codes of every row times its factor (`factors`: one a row, or empty for 1). Reads the rows twice, on all threads; the same for the
  /// same rows whatever their number is. Rows that are not finite give codes without meaning. Throws Error{cancelled}.
  static BitCodes encode(const VectorSet& vectors, std::span<const float> factors, Context& context);

  [[nodiscard]] Query prepare(std::span<const float> query) const;
  /// out[i] = about query · row first + i.
  void products(const Query& query, std::size_t first, std::span<float> out) const noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return codes_.rows(); }
  [[nodiscard]] std::size_t n_bytes() const noexcept;

 private:
  explicit BitCodes(std::size_t dim);

  Rotation rotation_;
  std::vector<float> centre_;
  Matrix<std::uint8_t> codes_;
  std::vector<float> factors_;  // ‖r‖² / Σ|R r| of each row
  std::vector<float> ones_;     // bits set in each code
};

}  // namespace akin
