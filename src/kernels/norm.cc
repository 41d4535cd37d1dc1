#include "akin/kernels/norm.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace akin::kernels {
namespace {

void norm_row(std::span<float> row, std::span<const float> gamma, std::span<const float> beta, float eps) noexcept {
  const auto n = static_cast<float>(row.size());
  float mean = 0;
  for (const float x : row) mean += x;
  mean /= n;
  float variance = 0;
  for (const float x : row) variance += (x - mean) * (x - mean);
  const float factor = 1 / std::sqrt(variance / n + eps);
  for (std::size_t i = 0; i < row.size(); ++i) {
    row[i] = (row[i] - mean) * factor * (gamma.empty() ? 1.0F : gamma[i]) + (beta.empty() ? 0.0F : beta[i]);
  }
}

}  // namespace

void layer_norm(MatrixView<const float> x, std::span<const float> gamma, std::span<const float> beta, float eps,
                MatrixView<float> out) noexcept {
  for (std::size_t r = 0; r < x.rows(); ++r) {
    std::copy_n(x.row_data(r), x.cols(), out.row_data(r));
    norm_row(out.row(r), gamma, beta, eps);
  }
}

void add_layer_norm(MatrixView<const float> x, MatrixView<const float> residual, std::span<const float> gamma, std::span<const float> beta,
                    float eps, MatrixView<float> out) noexcept {
  for (std::size_t r = 0; r < x.rows(); ++r) {
    for (std::size_t c = 0; c < x.cols(); ++c) out(r, c) = x(r, c) + residual(r, c);
    norm_row(out.row(r), gamma, beta, eps);
  }
}

void rms_norm(MatrixView<const float> x, std::span<const float> gamma, float eps, MatrixView<float> out) noexcept {
  for (std::size_t r = 0; r < x.rows(); ++r) {
    float square = 0;
    for (const float v : x.row(r)) square += v * v;
    const float factor = 1 / std::sqrt(square / static_cast<float>(x.cols()) + eps);
    for (std::size_t c = 0; c < x.cols(); ++c) out(r, c) = x(r, c) * factor * (gamma.empty() ? 1.0F : gamma[c]);
  }
}

float l2_normalize(std::span<float> row) noexcept {
  float square = 0;
  for (const float v : row) square += v * v;
  const float length = std::sqrt(square);
  for (float& v : row) v /= std::max(length, 1e-12F);
  return length;
}

}  // namespace akin::kernels
