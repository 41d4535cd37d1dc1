// Normalisation as a part of a network: LayerNorm or RMSNorm with its learned numbers. Tested by norm_test.cc.
#pragma once

#include <string>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/formats/tensor.h"
#include "akin/kernels/gemm.h"

namespace akin::nn {

enum class NormKind {
  layer,  ///< (x − mean) / sqrt(variance + eps) · weight + bias (Ba et al., 2016)
  rms,    ///< x / sqrt(mean(x²) + eps) · weight (Zhang & Sennrich, 2019)
};

struct NormSpec {
  NormKind kind = NormKind::layer;
  float eps = 1e-12F;
  bool bias = true;      ///< LayerNorm has a bias
  bool add_one = false;  ///< the factor is 1 + weight (Gemma)
};

class Norm {
 public:
  Norm() = default;
  /// `<name>.weight` and, where the spec has one, `<name>.bias` (dim); checkpoints from before 2020 call them gamma and beta.
  Norm(const TensorFile& file, const std::string& name, std::size_t dim, const NormSpec& spec);

  /// out = norm(x). `out` may be `x`.
  void forward(MatrixView<const float> x, MatrixView<float> out) const;
  /// x = norm(x + residual), and the rows prepared for the next product. A `residual` without rows is left out.
  void forward(MatrixView<float> x, MatrixView<const float> residual, kernels::GemmType type, kernels::GemmRows& prepared) const;
  /// Every head of rows (n, n_heads · dim) by itself, in place.
  void forward_heads(MatrixView<float> rows, std::size_t n_heads) const;

 private:
  NormSpec spec_;
  std::vector<float> gamma_;
  std::vector<float> beta_;
};

/// x += residual.
void add_rows(MatrixView<float> x, MatrixView<const float> residual) noexcept;

}  // namespace akin::nn
