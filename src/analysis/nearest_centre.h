// The nearest of some centres to each of many rows, by one matrix product: ‖x − c‖² is smallest where x·c − ‖c‖²/2 is largest.
// Tested by nearest_centre_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/kernels/best_of_row.h"
#include "akin/kernels/gemm.h"

namespace akin::analysis {

/// Centres laid out for the product. Const and shared once made; a row's result has the same bits whatever rows it comes with.
class NearestCentre {
 public:
  /// `by_angle`: the largest x·c instead, for rows and centres of length 1. `with_halves`: for find_by_halves() too.
  NearestCentre(MatrixView<const float> centres, bool by_angle, bool with_halves = false);

  /// What one thread needs beside.
  struct Scratch {
    kernels::GemmRows rows;
    Matrix<float> scores;
    std::vector<kernels::BestTwo> part;
  };
  /// Rows at once for which scores stay in a core's cache.
  static constexpr std::size_t kRowsAtOnce = 256;

  /// out[i] for row i of at most kRowsAtOnce `rows`: the two largest scores and the centre of the first; equal ones by the lower centre.
  void find(MatrixView<const float> rows, std::span<kernels::BestTwo> out, Scratch& scratch) const;

  /// The same by bfloat16, at twice the speed, for rows that were prepared so. A score is off by at most half_error().
  void find_by_halves(kernels::GemmRows& rows, std::span<kernels::BestTwo> out, Scratch& scratch) const;
  /// Of the scores of a row of this length, beyond the rounding that find() has too.
  [[nodiscard]] float half_error(float row_length) const noexcept { return kHalfRounding * row_length * longest_; }

 private:
  // Both factors are rounded to 8 bits: 2^-9 of each, and the product of the errors.
  static constexpr float kHalfRounding = 1.01F / 256;

  void look(kernels::GemmRows& rows, const std::vector<kernels::PackedMatrix>& parts, std::span<kernels::BestTwo> out,
            Scratch& scratch) const;

  std::vector<kernels::PackedMatrix> parts_, half_parts_;
  float longest_ = 0;  ///< centre
};

}  // namespace akin::analysis
