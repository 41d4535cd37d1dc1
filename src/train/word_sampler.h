// Which words of a text are learnt from, and which stand for "any other word". Private. Tested by word_sampler_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/rng.h"

namespace akin {

/// Uniform in [0, bound) from 32 random bits: 1 in 2^32 / bound more likely than another, which no training shows.
inline std::uint32_t pick_below(Rng& rng, std::uint32_t bound) noexcept {
  return static_cast<std::uint32_t>(((rng.next() >> 32) * bound) >> 32);
}

/// Draws words by count^exponent (Mikolov et al., 2013: 0.75), each in the same time (Walker's alias method, 1977).
class NegativeSampler {
 public:
  /// counts > 0, at least one.
  NegativeSampler(std::span<const std::uint64_t> counts, double exponent);
  [[nodiscard]] std::uint32_t draw(Rng& rng) const noexcept {
    const std::uint64_t bits = rng.next();
    const Cell& cell = cells_[((bits >> 32) * cells_.size()) >> 32];
    return static_cast<std::uint32_t>(bits) <= cell.own_up_to ? cell.own : cell.other;
  }

 private:
  struct Cell {
    std::uint32_t own_up_to, own, other;
  };
  std::vector<Cell> cells_;
};

/// Subsampling of frequent words: a word of frequency f stays with the chance (√(f / sample) + 1) · sample / f, as in word2vec.c, gensim.
class KeepRule {
 public:
  /// sample = 0: every word stays.
  KeepRule(std::span<const std::uint64_t> counts, double sample);
  [[nodiscard]] bool keeps(std::uint32_t word, Rng& rng) const noexcept {
    const std::uint32_t limit = limits_[word];
    return limit == kAlways || static_cast<std::uint32_t>(rng.next() >> 32) < limit;
  }

 private:
  static constexpr std::uint32_t kAlways = 0xFFFFFFFFU;
  std::vector<std::uint32_t> limits_;
};

}  // namespace akin
