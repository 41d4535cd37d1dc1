#include "akin/kernels/activation.h"

#include <cstddef>

#include "akin/kernels/reference.h"

namespace akin::kernels {

void activate(Activation activation, std::span<float> x) noexcept {
  for (float& value : x) value = static_cast<float>(reference::activate(activation, static_cast<double>(value)));
}

void activate_gated(Activation activation, std::span<float> gate, std::span<const float> up) noexcept {
  activate(activation, gate);
  for (std::size_t i = 0; i < gate.size(); ++i) gate[i] *= up[i];
}

}  // namespace akin::kernels
