#include "akin/nn/pooling_training.h"

#include <algorithm>
#include <cmath>

namespace akin::nn {
namespace {

void add_scaled(std::span<const float> from, float factor, std::span<float> to) {
  for (std::size_t c = 0; c < to.size(); ++c) to[c] += factor * from[c];
}

void max_backward(MatrixView<const float> kept, std::span<const float> d_out, MatrixView<float> d_kept) {
  for (std::size_t c = 0; c < kept.cols(); ++c) {
    std::size_t best = 0;
    for (std::size_t r = 1; r < kept.rows(); ++r) {
      if (kept(r, c) > kept(best, c)) best = r;
    }
    d_kept(best, c) += d_out[c];
  }
}

void weighted_mean_backward(std::size_t n_skip, std::span<const float> d_out, MatrixView<float> d_kept) {
  float sum = 0;
  for (std::size_t r = 0; r < d_kept.rows(); ++r) sum += static_cast<float>(n_skip + r + 1);
  for (std::size_t r = 0; r < d_kept.rows(); ++r) add_scaled(d_out, static_cast<float>(n_skip + r + 1) / sum, d_kept.row(r));
}

void add_to_every_row(std::span<const float> d_out, float factor, MatrixView<float> d_kept) {
  for (std::size_t r = 0; r < d_kept.rows(); ++r) add_scaled(d_out, factor, d_kept.row(r));
}

}  // namespace

void pooling_backward(const Pooling& pooling, MatrixView<const float> hidden, std::size_t n_skip, std::span<const float> d_out,
                      MatrixView<float> d_hidden) {
  AKIN_DCHECK(n_skip < hidden.rows() && d_out.size() == pooling.modes.size() * hidden.cols() && d_hidden.rows() == hidden.rows());
  for (std::size_t r = 0; r < d_hidden.rows(); ++r) std::ranges::fill(d_hidden.row(r), 0.0F);
  const std::size_t n = hidden.rows() - n_skip;
  const MatrixView<float> d_kept = d_hidden.middle_rows(n_skip, n);
  for (std::size_t m = 0; m < pooling.modes.size(); ++m) {
    const std::span<const float> part = d_out.subspan(m * hidden.cols(), hidden.cols());
    switch (pooling.modes[m]) {
      case PoolingMode::cls:
        add_scaled(part, 1, d_hidden.row(0));
        break;
      case PoolingMode::max:
        max_backward(hidden.middle_rows(n_skip, n), part, d_kept);
        break;
      case PoolingMode::mean:
        add_to_every_row(part, 1 / static_cast<float>(n), d_kept);
        break;
      case PoolingMode::mean_sqrt_len_tokens:
        add_to_every_row(part, 1 / std::sqrt(static_cast<float>(n)), d_kept);
        break;
      case PoolingMode::weightedmean:
        weighted_mean_backward(n_skip, part, d_kept);
        break;
      case PoolingMode::lasttoken:
        add_scaled(part, 1, d_hidden.row(hidden.rows() - 1));
        break;
    }
  }
}

void unit_length_backward(std::span<const float> unit, float length, std::span<float> d) noexcept {
  double along = 0;
  for (std::size_t c = 0; c < d.size(); ++c) along += static_cast<double>(unit[c]) * static_cast<double>(d[c]);
  const auto drop = static_cast<float>(along);
  const float factor = 1 / std::max(length, 1e-12F);
  for (std::size_t c = 0; c < d.size(); ++c) d[c] = (d[c] - drop * unit[c]) * factor;
}

}  // namespace akin::nn
