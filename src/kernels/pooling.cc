#include "akin/kernels/pooling.h"

#include <algorithm>
#include <cstddef>

namespace akin::kernels {

void mean_pool(MatrixView<const float> rows, std::span<float> out) noexcept {
  std::fill(out.begin(), out.end(), 0.0F);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    for (std::size_t c = 0; c < out.size(); ++c) out[c] += rows(r, c);
  }
  for (float& v : out) v /= static_cast<float>(rows.rows());
}

void weighted_mean_pool(MatrixView<const float> rows, std::span<const float> weights, std::span<float> out) noexcept {
  std::fill(out.begin(), out.end(), 0.0F);
  float sum = 0;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    sum += weights[r];
    for (std::size_t c = 0; c < out.size(); ++c) out[c] += rows(r, c) * weights[r];
  }
  for (float& v : out) v /= sum;
}

void max_pool(MatrixView<const float> rows, std::span<float> out) noexcept {
  std::copy_n(rows.row_data(0), out.size(), out.data());
  for (std::size_t r = 1; r < rows.rows(); ++r) {
    for (std::size_t c = 0; c < out.size(); ++c) out[c] = std::max(out[c], rows(r, c));
  }
}

}  // namespace akin::kernels
