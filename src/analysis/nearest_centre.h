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
  /// `by_angle`: the largest x·c instead, for rows and centres of length 1.
  NearestCentre(MatrixView<const float> centres, bool by_angle);

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

 private:
  std::vector<kernels::PackedMatrix> parts_;
};

}  // namespace akin::analysis
