// One step of AdamW (Loshchilov & Hutter, 2019) over numbers side by side. Tested by adam_test.cc.
#pragma once

#include <span>

namespace akin::kernels {

/// m = β₁ m + (1 − β₁) g · gradient_scale, v = β₂ v + (1 − β₂) (g · gradient_scale)²,
/// x = x · (1 − decay) − rate · m / (sqrt(v) · root_correction + eps). Torch's order of operations: with the step's number t,
/// rate = lr / (1 − β₁ᵗ) and root_correction = 1 / sqrt(1 − β₂ᵗ); decay = lr · weight_decay.
struct AdamStep {
  float rate = 0;
  float root_correction = 1;
  float decay = 0;
  float beta1 = 0.9F, beta2 = 0.999F, eps = 1e-8F;
  float gradient_scale = 1;
};

struct AdamState {
  std::span<float> values, first_moments, second_moments;
};

/// All four of one size. A number's result depends on its own numbers alone.
void adam_update(const AdamStep& step, std::span<const float> gradients, const AdamState& state) noexcept;

/// Σ x², in float over blocks of 1,024 numbers, in double over the blocks.
double sum_of_squares(std::span<const float> x) noexcept;

}  // namespace akin::kernels
