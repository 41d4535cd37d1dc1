#include "akin/nn/norm.h"

#include "akin/kernels/norm.h"
#include "akin/nn/weights.h"

namespace akin::nn {

Norm::Norm(const TensorFile& file, const std::string& name, std::size_t dim, const NormSpec& spec) : spec_(spec) {
  const bool old_names = file.find(name + ".weight") == nullptr && file.find(name + ".gamma") != nullptr;
  gamma_ = read_vector(file, name + (old_names ? ".gamma" : ".weight"), dim);
  if (spec.kind == NormKind::layer && spec.bias) beta_ = read_vector(file, name + (old_names ? ".beta" : ".bias"), dim);
  if (spec.add_one) {
    for (float& factor : gamma_) factor += 1;
  }
}

void Norm::forward(MatrixView<const float> x, MatrixView<float> out) const {
  if (spec_.kind == NormKind::layer) return kernels::layer_norm(x, gamma_, beta_, spec_.eps, out);
  kernels::rms_norm(x, gamma_, spec_.eps, out);
}

void Norm::forward(MatrixView<float> x, MatrixView<const float> residual, kernels::GemmType type, kernels::GemmRows& prepared) const {
  if (spec_.kind == NormKind::layer) return kernels::add_layer_norm(x, residual, gamma_, beta_, spec_.eps, x, type, prepared);
  if (residual.rows() > 0) add_rows(x, residual);
  kernels::rms_norm(x, gamma_, spec_.eps, x);
  kernels::prepare_rows(x, type, prepared);
}

void Norm::forward_heads(MatrixView<float> rows, std::size_t n_heads) const {
  const std::size_t dim = gamma_.size();
  for (std::size_t head = 0; head < n_heads; ++head) {
    const MatrixView<float> columns = rows.middle_cols(head * dim, dim);
    forward(columns, columns);
  }
}

void add_rows(MatrixView<float> x, MatrixView<const float> residual) noexcept {
  for (std::size_t r = 0; r < x.rows(); ++r) {
    float* to = x.row_data(r);
    const float* from = residual.row_data(r);
    for (std::size_t c = 0; c < x.cols(); ++c) to[c] += from[c];
  }
}

}  // namespace akin::nn
