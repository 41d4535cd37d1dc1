#include "akin/base/rng.h"

#include <bit>
#include <cmath>
#include <numbers>

namespace akin {
namespace {

std::uint64_t splitmix64(std::uint64_t& state) noexcept {
  state += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

}  // namespace

Rng::Rng(std::uint64_t seed) noexcept : seed_(seed) {
  for (auto& word : state_) word = splitmix64(seed);
}

Rng Rng::fork(std::uint64_t stream) const noexcept {
  // Mixed twice, so that forks of forks neither commute nor cancel out.
  std::uint64_t mixed = seed_;
  mixed = splitmix64(mixed) ^ stream;
  return Rng(splitmix64(mixed));
}

std::uint64_t Rng::next() noexcept {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Rng::below(std::uint64_t bound) noexcept {
  // Values under `threshold` would make the first remainders likelier than the others.
  const std::uint64_t threshold = (0 - bound) % bound;
  std::uint64_t value = next();
  while (value < threshold) value = next();
  return value % bound;
}

float Rng::uniform() noexcept { return static_cast<float>(next() >> 40) * 0x1p-24F; }

float Rng::normal() noexcept {
  const double u = (static_cast<double>(next() >> 11) + 0.5) * 0x1p-53;
  const double angle = 2.0 * std::numbers::pi * (static_cast<double>(next() >> 11) * 0x1p-53);
  return static_cast<float>(std::sqrt(-2.0 * std::log(u)) * std::cos(angle));
}

}  // namespace akin
