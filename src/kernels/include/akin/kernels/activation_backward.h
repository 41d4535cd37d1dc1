// Gradients of activations. Definitions: the slopes of reference.h's. Largest absolute error of a derivative on every target: 4e-6 · max(1,
// |x|). Tested by activation_backward_test.cc.
#pragma once

#include <span>

#include "akin/kernels/activation.h"

namespace akin::kernels {

/// d_x[i] = d[i] · activation'(x[i]); `d_x` may be `d`.
void activate_backward(Activation activation, std::span<const float> x, std::span<const float> d, std::span<float> d_x) noexcept;

struct GatedGradient {
  std::span<float> gate, up;
};
/// Both gradients, from that of the product; either may be `d`.
void activate_gated_backward(Activation activation, const GatedRow& x, std::span<const float> d, const GatedGradient& d_x) noexcept;

}  // namespace akin::kernels
