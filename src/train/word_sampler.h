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
  /// The bits of a draw. Asks the memory for what word() will look at: where many words are drawn, first all bits, then all words.
  [[nodiscard]] std::uint64_t bits(Rng& rng) const noexcept {
    const std::uint64_t bits = rng.next();
    __builtin_prefetch(&cells_[cell_of(bits)]);
    return bits;
  }
  /// The word that was drawn.
  [[nodiscard]] std::uint32_t word(std::uint64_t bits) const noexcept {
    const auto own = static_cast<std::uint32_t>(cell_of(bits));
    const Cell cell = cells_[own];
    const std::uint32_t is_other =
        static_cast<std::uint32_t>(bits) > cell.own_up_to ? 0xFFFFFFFFU : 0;  // no jump: nobody could foretell it
    return own ^ ((own ^ cell.other) & is_other);
  }
  [[nodiscard]] std::uint32_t draw(Rng& rng) const noexcept { return word(bits(rng)); }

 private:
  struct Cell {
    std::uint32_t own_up_to, other;
  };
  [[nodiscard]] std::size_t cell_of(std::uint64_t bits) const noexcept { return ((bits >> 32) * cells_.size()) >> 32; }
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
