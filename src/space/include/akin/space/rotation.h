// A random rotation that costs O(dim log dim): rounds of random signs and Hadamard transforms. It spreads what is in few dimensions of a
// vector over all of them, so that one bit a dimension tells about as much of each. Tested by rotation_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace akin {

class Rotation {
 public:
  /// The same for a dim and a seed, everywhere.
  Rotation(std::size_t dim, std::uint64_t seed);

  /// v becomes R v; lengths and products stay, but for rounding. v.size() == dim.
  void apply(std::span<float> v) const noexcept;
  [[nodiscard]] std::size_t dim() const noexcept { return dim_; }

 private:
  std::size_t dim_;
  std::size_t width_ = 1;     // of a transform: the largest power of two that is not above dim
  std::vector<float> signs_;  // (rounds, dim): ±1 / sqrt(width) where the transform goes, else ±1
};

}  // namespace akin
