// Token vectors → one vector a text, as sentence-transformers' Pooling module does it. Tested by pooling_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "akin/base/matrix.h"

namespace akin::nn {

enum class PoolingMode {
  cls,  ///< the first token
  max,  ///< the largest of each column
  mean,
  mean_sqrt_len_tokens,  ///< sum / sqrt(number of tokens)
  weightedmean,          ///< weights 1, 2, 3, … by position
  lasttoken,
};

/// The reference's names: "cls", "mean_sqrt_len_tokens", … Throws Error{unsupported} for another.
PoolingMode pooling_mode_from(std::string_view name);
std::string_view name_of(PoolingMode mode) noexcept;

/// Several modes are joined end to end, in order.
struct Pooling {
  std::vector<PoolingMode> modes = {PoolingMode::mean};

  /// `hidden` (n_tokens, dim) → out (modes.size() · dim). The first `n_skip` tokens (an excluded prompt) take part in cls alone.
  /// n_tokens > n_skip.
  void forward(MatrixView<const float> hidden, std::size_t n_skip, std::span<float> out) const;
};

}  // namespace akin::nn
