// Dropout (Srivastava et al., 2014): each number is zeroed with probability p, the others divided by 1 − p. Which ones is a function of a
// key and the number's place alone: the backward pass asks again instead of keeping a mask, and any cut of the work gives the same bits.
// Tested by dropout_test.cc.
#pragma once

#include <cstdint>
#include <span>

namespace akin::kernels {

struct Dropout {
  float probability = 0;  ///< in [0, 1)
  std::uint64_t key = 0;  ///< of this place in the network, at this step

  [[nodiscard]] bool is_on() const noexcept { return probability > 0; }
};

/// x[i] is number `row` · 2^32 + i of the key's sequence. Forward and backward alike.
void drop(const Dropout& dropout, std::uint64_t row, std::span<float> x) noexcept;

}  // namespace akin::kernels
