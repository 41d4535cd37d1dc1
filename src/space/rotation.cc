#include "akin/space/rotation.h"

#include <bit>
#include <cmath>

#include "akin/base/error.h"
#include "akin/base/rng.h"

namespace akin {
namespace {

// A transform covers the first or the last `width` dimensions in turn, so two rounds reach all; four mix them.
constexpr std::size_t kRounds = 4;

void hadamard(std::span<float> v) noexcept {
  for (std::size_t half = 1; half < v.size(); half *= 2) {
    for (std::size_t begin = 0; begin < v.size(); begin += 2 * half) {
      float* low = v.data() + begin;
      float* high = low + half;
      for (std::size_t i = 0; i < half; ++i) {
        const float sum = low[i] + high[i], difference = low[i] - high[i];
        low[i] = sum;
        high[i] = difference;
      }
    }
  }
}

std::size_t begin_of(std::size_t round, std::size_t dim, std::size_t width) noexcept { return round % 2 == 0 ? 0 : dim - width; }

}  // namespace

Rotation::Rotation(std::size_t dim, std::uint64_t seed) : dim_(dim), width_(std::bit_floor(dim)) {
  require(dim > 0, "Rotation: no dimensions");
  Rng rng(seed);
  const float inside = 1 / std::sqrt(static_cast<float>(width_));
  signs_.reserve(kRounds * dim);
  for (std::size_t round = 0; round < kRounds; ++round) {
    const std::size_t begin = begin_of(round, dim, width_);
    for (std::size_t i = 0; i < dim; ++i) {
      const float size = i >= begin && i < begin + width_ ? inside : 1;
      signs_.push_back((rng.next() >> 63) != 0 ? size : -size);
    }
  }
}

void Rotation::apply(std::span<float> v) const noexcept {
  AKIN_DCHECK(v.size() == dim_);
  for (std::size_t round = 0; round < kRounds; ++round) {
    const float* signs = signs_.data() + round * dim_;
    for (std::size_t i = 0; i < dim_; ++i) v[i] *= signs[i];
    hadamard(v.subspan(begin_of(round, dim_, width_), width_));
  }
}

}  // namespace akin
