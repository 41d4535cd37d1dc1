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

void Mlp::forward(kernels::GemmRows& x, MlpBuffers& buffers, MatrixView<float> out, Crew* crew) const {
  if (crew == nullptr) {
    kernels::gemm_to_rows(x, up_, activation_, buffers.inner);
  } else {
    const MatrixView<float> inner = grow(buffers.shared, x.rows(), up_.n_out());
    multiply(x, up_, activation_, inner, crew);
    kernels::prepare_rows(inner, down_.type(), buffers.inner);
  }
  multiply(buffers.inner, down_, kernels::Activation::none, out, crew);
}

}  // namespace akin::nn
