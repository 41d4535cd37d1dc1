// Seeded random numbers, the same on every machine: xoshiro256** (Blackman & Vigna, 2018), seeded through splitmix64.
// std:: distributions differ between standard libraries, so ours are spelled out. Tested by rng_test.cc.
#pragma once

#include <cstdint>

namespace akin {

class Rng {
 public:
  explicit Rng(std::uint64_t seed) noexcept;
  /// An independent stream for block `stream` of parallel work: the same for a seed and a stream, whoever runs it.
  [[nodiscard]] Rng fork(std::uint64_t stream) const noexcept;

  std::uint64_t next() noexcept;
  /// Uniform in [0, bound), without bias. bound > 0.
  std::uint64_t below(std::uint64_t bound) noexcept;
  /// Uniform in [0, 1), 24 random bits.
  float uniform() noexcept;
  /// Normal, mean 0, variance 1 (Box-Muller, one value a call).
  float normal() noexcept;

 private:
  std::uint64_t seed_;
  std::uint64_t state_[4];
};

}  // namespace akin
