#include "akin/nn/mlp.h"

#include <array>
#include <numeric>
#include <vector>

namespace akin::nn {
namespace {

std::vector<LinearPart> inputs(const MlpNames& names, const MlpSpec& spec) {
  if (!spec.gated) return {LinearPart{names.up, spec.dim}};
  if (names.fused.empty()) return {LinearPart{names.gate, spec.dim}, LinearPart{names.up, spec.dim}};
  LinearPart fused{names.fused, 2 * spec.dim};
  if (spec.up_first) {
    fused.rows.resize(2 * spec.dim);
    std::iota(fused.rows.begin(), fused.rows.begin() + static_cast<std::ptrdiff_t>(spec.dim), spec.dim);
    std::iota(fused.rows.begin() + static_cast<std::ptrdiff_t>(spec.dim), fused.rows.end(), std::size_t{0});
  }
  return {fused};
}

}  // namespace

Mlp::Mlp(const TensorFile& file, const MlpNames& names, const MlpSpec& spec, std::size_t dim, kernels::GemmType type, WeightOrder order)
    : spec_(spec) {
  up_ = pack_linear(file, inputs(names, spec), dim, type, order);
  const std::array<LinearPart, 1> down = {LinearPart{names.down, dim}};
  down_ = pack_linear(file, down, spec.dim, type, order);
}

void Mlp::forward_gated(kernels::GemmRows& x, MlpBuffers& buffers, Crew* crew) const {
  const MatrixView<float> both = grow(buffers.shared, x.rows(), up_.n_out());
  multiply(x, up_, kernels::Activation::none, both, crew);
  for (std::size_t r = 0; r < both.rows(); ++r) {
    kernels::activate_gated(spec_.activation, both.row(r).first(spec_.dim), both.row(r).last(spec_.dim));
  }
  kernels::prepare_rows(both.middle_cols(0, spec_.dim), down_.type(), buffers.inner);
}

void Mlp::forward(kernels::GemmRows& x, MlpBuffers& buffers, MatrixView<float> out, Crew* crew) const {
  if (spec_.gated) {
    forward_gated(x, buffers, crew);
  } else if (crew == nullptr) {
    kernels::gemm_to_rows(x, up_, spec_.activation, buffers.inner);
  } else {
    const MatrixView<float> inner = grow(buffers.shared, x.rows(), up_.n_out());
    multiply(x, up_, spec_.activation, inner, crew);
    kernels::prepare_rows(inner, down_.type(), buffers.inner);
  }
  multiply(buffers.inner, down_, kernels::Activation::none, out, crew);
}

}  // namespace akin::nn
