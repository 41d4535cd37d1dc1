// A linear map with an activation on finished vectors (sentence-transformers' Dense), in full precision. Tested by dense_test.cc.
#pragma once

#include <cstddef>
#include <string>

#include "akin/base/matrix.h"
#include "akin/formats/tensor.h"
#include "akin/kernels/gemm.h"

namespace akin::nn {

class Dense {
 public:
  /// `<name>.weight` (n_out, n_in) and `<name>.bias` (may be missing).
  Dense(const TensorFile& file, const std::string& name, std::size_t n_in, std::size_t n_out, kernels::Activation activation);

  [[nodiscard]] std::size_t n_out() const noexcept { return weight_.n_out(); }
  /// A row of the result depends on that row of `x` alone.
  [[nodiscard]] Matrix<float> forward(MatrixView<const float> x) const;

 private:
  kernels::Activation activation_;
  kernels::PackedMatrix weight_;
};

}  // namespace akin::nn
