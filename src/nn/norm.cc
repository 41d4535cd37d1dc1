#include "akin/nn/norm.h"

#include "akin/kernels/norm.h"
#include "akin/nn/weights.h"

namespace akin::nn {

LayerNorm::LayerNorm(const TensorFile& file, const std::string& name, std::size_t dim, float eps) : eps_(eps) {
  const bool old_names = file.find(name + ".weight") == nullptr && file.find(name + ".gamma") != nullptr;
  gamma_ = read_vector(file, name + (old_names ? ".gamma" : ".weight"), dim);
  beta_ = read_vector(file, name + (old_names ? ".beta" : ".bias"), dim);
}

void LayerNorm::forward(MatrixView<const float> x, MatrixView<float> out) const { kernels::layer_norm(x, gamma_, beta_, eps_, out); }

void LayerNorm::forward(MatrixView<float> x, MatrixView<const float> residual, kernels::GemmType type, kernels::GemmRows& prepared) const {
  kernels::add_layer_norm(x, residual, gamma_, beta_, eps_, x, type, prepared);
}

}  // namespace akin::nn
