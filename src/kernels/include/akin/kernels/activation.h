// Elementwise activations of transformers. Definitions: reference.h. Largest absolute error on every target against the double
// definition: erf-GELU 1e-6 · max(1, |x|), the others 2e-6 · max(1, |x|). Tested by activation_test.cc.
#pragma once

#include <span>

namespace akin::kernels {

enum class Activation {
  none,
  gelu,        ///< x/2 · (1 + erf(x / √2)) (Hendrycks & Gimpel, 2016)
  gelu_tanh,   ///< its tanh approximation ("gelu_new", "gelu_pytorch_tanh")
  silu,        ///< x · sigmoid(x)
  quick_gelu,  ///< x · sigmoid(1.702 · x) (CLIP)
  relu,
  tanh,
};

/// In place.
void activate(Activation activation, std::span<float> x) noexcept;
/// out[i] = activation(x[i]): what went in stays, for a backward pass.
void activate(Activation activation, std::span<const float> x, std::span<float> out) noexcept;

/// A gate before its activation, and what it lets through: gated MLPs (Shazeer, 2020).
struct GatedRow {
  std::span<const float> gate, up;
};
/// gate[i] = activation(gate[i]) · up[i].
void activate_gated(Activation activation, std::span<float> gate, std::span<const float> up) noexcept;
/// out[i] = activation(gate[i]) · up[i]; `out` may be the gate.
void activate_gated(Activation activation, const GatedRow& x, std::span<float> out) noexcept;

}  // namespace akin::kernels
