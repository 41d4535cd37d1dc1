// The feed-forward part of a transformer layer: down(activation(up(x))). Tested by mlp_test.cc.
#pragma once

#include <cstddef>
#include <string>

#include "akin/base/crew.h"
#include "akin/base/matrix.h"
#include "akin/formats/tensor.h"
#include "akin/kernels/gemm.h"

namespace akin::nn {

struct MlpSpec {
  std::size_t dim = 0;  ///< of the inner rows
  kernels::Activation activation = kernels::Activation::gelu;
};

struct MlpNames {
  std::string up, down;
};

/// Working memory; owned by one thread at a time.
struct MlpBuffers {
  kernels::GemmRows inner;
  Matrix<float> shared;  // what a crew writes before it is brought into the product's form
};

class Mlp {
 public:
  Mlp(const TensorFile& file, const MlpNames& names, const MlpSpec& spec, std::size_t dim, kernels::GemmType type);

  /// out (n_rows, dim) from the prepared rows `x`. With a `crew`, called inside its lead, products are shared out by outputs; the bits stay
  /// the same.
  void forward(kernels::GemmRows& x, MlpBuffers& buffers, MatrixView<float> out, Crew* crew = nullptr) const;

  [[nodiscard]] std::size_t bytes() const noexcept { return up_.bytes() + down_.bytes(); }

 private:
  kernels::Activation activation_;
  kernels::PackedMatrix up_;
  kernels::PackedMatrix down_;
};

}  // namespace akin::nn
