// Backward passes of what makes one vector of a text: pooling, and the scaling to unit length. Tested by pooling_training_test.cc.
#pragma once

#include <cstddef>
#include <span>

#include "akin/base/matrix.h"
#include "akin/nn/pooling.h"

namespace akin::nn {

/// Writes to `d_hidden`, of hidden's shape, the gradient of what pooling.forward(hidden, n_skip, …) read, from the gradient of what it
/// gave. Of max, the first of equal rows gets all.
void pooling_backward(const Pooling& pooling, MatrixView<const float> hidden, std::size_t n_skip, std::span<const float> d_out,
                      MatrixView<float> d_hidden);

/// `unit` = x / max(length, 1e-12) as l2_normalize() made it and said its length: turns the gradient of `unit` into that of x, in place.
void unit_length_backward(std::span<const float> unit, float length, std::span<float> d) noexcept;

}  // namespace akin::nn
