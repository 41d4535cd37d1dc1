#include "akin/nn/mlp.h"

#include <array>

#include "akin/nn/weights.h"

namespace akin::nn {

Mlp::Mlp(const TensorFile& file, const MlpNames& names, const MlpSpec& spec, std::size_t dim, kernels::GemmType type)
    : activation_(spec.activation) {
  const std::array<LinearNames, 1> up = {LinearNames{names.up, spec.dim}};
  up_ = pack_linear(file, up, dim, type);
  const std::array<LinearNames, 1> down = {LinearNames{names.down, dim}};
  down_ = pack_linear(file, down, spec.dim, type);
}

void Mlp::forward(kernels::GemmRows& x, kernels::GemmRows& inner, MatrixView<float> out) const {
  kernels::gemm_to_rows(x, up_, activation_, inner);
  kernels::gemm(inner, down_, kernels::Activation::none, out);
}

}  // namespace akin::nn
