// Normalisation as a part of a network: LayerNorm with its learned scale and shift. Tested by norm_test.cc.
#pragma once

#include <string>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/formats/tensor.h"
#include "akin/kernels/gemm.h"

namespace akin::nn {

class LayerNorm {
 public:
  LayerNorm() = default;
  /// `<name>.weight` and `<name>.bias` (dim); checkpoints from before 2020 call them gamma and beta.
  LayerNorm(const TensorFile& file, const std::string& name, std::size_t dim, float eps);

  /// out = norm(x). `out` may be `x`.
  void forward(MatrixView<const float> x, MatrixView<float> out) const;
  /// x = norm(x + residual), and the rows prepared for the next product. A `residual` without rows is left out.
  void forward(MatrixView<float> x, MatrixView<const float> residual, kernels::GemmType type, kernels::GemmRows& prepared) const;

 private:
  std::vector<float> gamma_;
  std::vector<float> beta_;
  float eps_ = 0;
};

}  // namespace akin::nn
