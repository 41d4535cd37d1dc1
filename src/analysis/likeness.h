// What duplicates.cc asks of a way to compare items: which of the kept ones an item is most like, and which of a few items are alike.
// By sets of shingles: set_likeness.h. By vectors: row_likeness.h. Tested through both, and by duplicates_test.cc.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "parts.h"

namespace akin::analysis {

/// Of nobody.
inline constexpr std::uint32_t kNoItem = std::numeric_limits<std::uint32_t>::max();

/// A kept item, by its number among the kept ones.
struct Match {
  std::uint32_t kept = kNoItem;
  float similarity = 0;
  /// The more similar one, of equally similar ones the first kept.
  void take(std::uint32_t other, float its_similarity) noexcept {
    if (kept != kNoItem && (its_similarity < similarity || (its_similarity == similarity && other > kept))) return;
    kept = other, similarity = its_similarity;
  }
};

/// Numbers of kept items; empty: none is asked for.
struct KeptRange {
  std::uint32_t begin = 0, end = 0;
  [[nodiscard]] bool empty() const noexcept { return begin >= end; }
};

/// Places in a batch, earlier < later.
struct AlikePair {
  std::uint32_t earlier = 0, later = 0;
};

/// Used by one caller at a time, which goes through all items batch by batch: begin(), match(), pairs(), keep(), match() again.
class Likeness {
 public:
  virtual ~Likeness() = default;
  /// How similar two items must be to be alike.
  [[nodiscard]] virtual double threshold() const noexcept = 0;
  [[nodiscard]] virtual float similarity(std::uint32_t a, std::uint32_t b) const = 0;

  /// The next batch: item items[i] is at place i.
  virtual void begin(std::span<const std::uint32_t> items, Context& context) = 0;
  /// Improves best[i] by the kept items among[i] that are alike.
  virtual void match(std::span<const KeptRange> among, std::span<Match> best, Context& context) = 0;
  /// Those of `places`, which rise, that are alike.
  virtual std::vector<AlikePair> pairs(std::span<const std::uint32_t> places, Context& context) = 0;
  /// These are kept; numbers go on from the last.
  virtual void keep(std::span<const std::uint32_t> places) = 0;
  /// Nothing is kept.
  virtual void forget() = 0;

  /// Joins all of `items` that are alike.
  virtual void join(std::span<const std::uint32_t> items, Parts& parts, Context& context) = 0;
};

}  // namespace akin::analysis
