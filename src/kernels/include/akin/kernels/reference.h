// The kernels as plain loops in double precision: definition, documentation and oracle of the fast ones. Slow on purpose; for tests.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/kernels/activation.h"
#include "akin/kernels/attention.h"

namespace akin::kernels::reference {

inline double activate(Activation activation, double x) {
  switch (activation) {
    case Activation::none:
      return x;
    case Activation::gelu:
      return 0.5 * x * std::erfc(-x * std::sqrt(0.5));
    case Activation::gelu_tanh:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::acos(-1.0)) * (x + 0.044715 * x * x * x)));
    case Activation::silu:
      return x / (1 + std::exp(-x));
    case Activation::quick_gelu:
      return x / (1 + std::exp(-1.702 * x));
    case Activation::relu:
      return std::isnan(x) ? x : std::max(x, 0.0);
    case Activation::tanh:
      return std::tanh(x);
  }
  return x;
}

inline std::vector<double> softmax(std::span<const double> row) {
  double largest = -std::numeric_limits<double>::infinity();
  for (const double x : row) largest = std::max(largest, x);
  std::vector<double> out(row.size(), 0.0);
  if (std::isinf(largest) && largest < 0) return out;
  double sum = 0;
  for (std::size_t i = 0; i < row.size(); ++i) sum += out[i] = std::exp(row[i] - largest);
  for (double& x : out) x /= sum;
  return out;
}

/// An empty gamma means ones, an empty beta zeros.
inline std::vector<double> layer_norm(std::span<const double> row, std::span<const float> gamma, std::span<const float> beta, double eps) {
  const auto n = static_cast<double>(row.size());
  double mean = 0;
  for (const double x : row) mean += x / n;
  double variance = 0;
  for (const double x : row) variance += (x - mean) * (x - mean) / n;
  std::vector<double> out(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    out[i] = (row[i] - mean) / std::sqrt(variance + eps) * (gamma.empty() ? 1.0 : static_cast<double>(gamma[i])) +
             (beta.empty() ? 0.0 : static_cast<double>(beta[i]));
  }
  return out;
}

inline std::vector<double> rms_norm(std::span<const double> row, std::span<const float> gamma, double eps) {
  double square = 0;
  for (const double x : row) square += x * x / static_cast<double>(row.size());
  std::vector<double> out(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    out[i] = row[i] / std::sqrt(square + eps) * (gamma.empty() ? 1.0 : static_cast<double>(gamma[i]));
  }
  return out;
}

/// One element of x · wᵀ.
inline double product(std::span<const float> x, std::span<const float> w) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += static_cast<double>(x[i]) * static_cast<double>(w[i]);
  return sum;
}

/// What is added to the scaled score of query i and key j; −∞ where i does not see j.
inline double score_bias(const AttentionOptions& options, std::size_t n, std::size_t head, std::size_t i, std::size_t j) {
  const std::size_t distance = i > j ? i - j : j - i;
  if ((options.causal && j > i) || distance > options.window) return -std::numeric_limits<double>::infinity();
  double bias = 0;
  if (!options.bias.empty()) bias += static_cast<double>(options.bias[(head * n + i) * n + j]);
  if (!options.alibi_slopes.empty()) bias -= static_cast<double>(options.alibi_slopes[head]) * static_cast<double>(distance);
  if (!options.distance_bias.empty()) bias += static_cast<double>(options.distance_bias[head * (2 * n - 1) + (j + n - 1 - i)]);
  return bias;
}

inline Matrix<double> attention(MatrixView<const float> q, MatrixView<const float> k, MatrixView<const float> v,
                                const AttentionOptions& options) {
  const std::size_t n = q.rows();
  const std::size_t d = options.head_dim;
  Matrix<double> out(n, options.n_heads * d);
  std::vector<double> scores(n);
  for (std::size_t head = 0; head < options.n_heads; ++head) {
    const std::size_t kv = head / (options.n_heads / options.n_kv_heads);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        scores[j] = product(q.row(i).subspan(head * d, d), k.row(j).subspan(kv * d, d)) * static_cast<double>(options.scale) +
                    score_bias(options, n, head, i, j);
      }
      const std::vector<double> p = softmax(scores);
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t c = 0; c < d; ++c) out(i, head * d + c) += p[j] * static_cast<double>(v(j, kv * d + c));
      }
    }
  }
  return out;
}

}  // namespace akin::kernels::reference
