#include "akin/nn/dense.h"

#include <array>

#include "akin/nn/weights.h"

namespace akin::nn {

Dense::Dense(const TensorFile& file, const std::string& name, std::size_t n_in, std::size_t n_out, kernels::Activation activation)
    : activation_(activation) {
  const std::array<LinearPart, 1> parts = {LinearPart{name, n_out}};
  weight_ = pack_linear(file, parts, n_in, kernels::GemmType::f32);
}

Matrix<float> Dense::forward(MatrixView<const float> x) const {
  Matrix<float> out = Matrix<float>::uninitialized(x.rows(), weight_.n_out());
  kernels::GemmRows rows;
  kernels::prepare_rows(x, kernels::GemmType::f32, rows);
  kernels::gemm(rows, weight_, activation_, out.view());
  return out;
}

}  // namespace akin::nn
