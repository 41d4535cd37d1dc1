// The feed-forward part of a transformer layer: down(activation(up(x))), or gated: down(activation(gate(x)) · up(x)) (Shazeer, 2020).
// Tested by mlp_test.cc.
#pragma once

#include <cstddef>
#include <string>

#include "akin/base/crew.h"
#include "akin/base/matrix.h"
#include "akin/formats/tensor.h"
#include "akin/kernels/gemm.h"
#include "akin/nn/weights.h"

namespace akin::nn {

struct MlpSpec {
  std::size_t dim = 0;  ///< of the inner rows
  kernels::Activation activation = kernels::Activation::gelu;
  bool gated = false;
  bool up_first = false;  ///< a fused weight has the rows of `up` before those of `gate`
};

/// Names in the file. Gated: `up` and `gate`, or both as one weight in `fused`.
struct MlpNames {
  std::string up = {}, down = {}, gate = {}, fused = {};
};

/// Working memory; owned by one thread at a time.
struct MlpBuffers {
  kernels::GemmRows inner;
  Matrix<float> shared;  // what a crew writes, and gates with what they let through, before it is brought into the product's form
};

class Mlp {
 public:
  Mlp(const TensorFile& file, const MlpNames& names, const MlpSpec& spec, std::size_t dim, kernels::GemmType type,
      WeightOrder order = WeightOrder::rows_are_outputs);

  /// out (n_rows, dim) from the prepared rows `x`. With a `crew`, called inside its lead, products are shared out by outputs; the bits stay
  /// the same.
  void forward(kernels::GemmRows& x, MlpBuffers& buffers, MatrixView<float> out, Crew* crew = nullptr) const;

  [[nodiscard]] std::size_t bytes() const noexcept { return up_.bytes() + down_.bytes(); }

 private:
  void forward_gated(kernels::GemmRows& x, MlpBuffers& buffers, Crew* crew) const;

  MlpSpec spec_;
  kernels::PackedMatrix up_;  // gated: (2 · dim, n_in), the gate's rows first
  kernels::PackedMatrix down_;
};

}  // namespace akin::nn
