// Activations for training: written elsewhere, so that what went in stays for the backward pass, and their gradients. Definitions: the
// slopes of reference.h's. Largest absolute error of a derivative on every target: 4e-6 · max(1, |x|). Tested by
// activation_backward_test.cc.
#pragma once

#include <span>

#include "akin/kernels/activation.h"

namespace akin::kernels {

/// out[i] = activation(x[i]).
void activate(Activation activation, std::span<const float> x, std::span<float> out) noexcept;
/// d_x[i] = d[i] · activation'(x[i]); `d_x` may be `d`.
void activate_backward(Activation activation, std::span<const float> x, std::span<const float> d, std::span<float> d_x) noexcept;

/// A gate before its activation, and what it lets through.
struct GatedRow {
  std::span<const float> gate, up;
};
struct GatedGradient {
  std::span<float> gate, up;
};
/// out[i] = activation(gate[i]) · up[i].
void activate_gated(Activation activation, const GatedRow& x, std::span<float> out) noexcept;
/// Both gradients, from that of the product; either may be `d`.
void activate_gated_backward(Activation activation, const GatedRow& x, std::span<const float> d, const GatedGradient& d_x) noexcept;

}  // namespace akin::kernels
