// The loss of a classifier over many classes, as language models have it: −log softmax(scores)[target], with its gradient in the same
// pass. Tested by cross_entropy_test.cc.
#pragma once

#include <cstddef>
#include <span>

namespace akin::kernels {

/// Returns −ln(e^scores[target] / Σ e^scores[i]) and turns `scores` into the loss's gradient times `weight`:
/// (softmax(scores)[i] − [i = target]) · weight. target < scores.size(). The scores are finite.
double cross_entropy(std::span<float> scores, std::size_t target, float weight) noexcept;

/// The loss alone; `scores` stays.
double cross_entropy(std::span<const float> scores, std::size_t target) noexcept;

}  // namespace akin::kernels
