// Items that are nearly the same, and which of them to keep: by the keys that their sets have in common (MinHash and locality-sensitive
// hashing: Broder, 1997; Indyk & Motwani, 1998), by the angle between their vectors, or both. Exactly equal ones: equal_items.h.
// Tested by duplicates_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

/// Sets of rising keys, such as shingles of texts (akin/text/shingles.h), that lie one behind the other. Whoever owns them must outlive it.
struct SetsView {
  std::span<const std::uint32_t> keys;
  std::span<const std::size_t> begins;  ///< set i is keys [begins[i], begins[i + 1])
  [[nodiscard]] std::size_t size() const noexcept { return begins.empty() ? 0 : begins.size() - 1; }
  [[nodiscard]] std::span<const std::uint32_t> of(std::size_t i) const noexcept {
    return keys.subspan(begins[i], begins[i + 1] - begins[i]);
  }
};

/// What is known of n items.
struct DuplicateItems {
  std::size_t n = 0;
  /// first_equals() of the items in the same order: these are one item. Empty: none are equal.
  std::span<const std::uint32_t> equal_to = {};
  SetsView sets = {};                 ///< n, or none: then items are not compared by sets. An empty set is like none
  MatrixView<const float> rows = {};  ///< n, or none. A row of zeros is like none
};

enum class DuplicateGroups {
  star,   ///< an item goes if one that stays, and comes before it, is like it: whatever goes is like what stays, which is like none that
          ///< stays
  chain,  ///< items that are connected by alike ones are one group, of which the first stays: the last may be quite unlike it
};
/// "star", "chain".
std::string_view name_of(DuplicateGroups groups) noexcept;

struct DuplicateOptions {
  double jaccard = 0.8;  ///< sets are alike from this share of common keys on: 0.05–1
  double recall = 0.99;  ///< of pairs just as alike as that, so many are found, of more similar ones more (meeting_share()): 0.5–0.9999
  double cosine = 0.9;   ///< rows are alike from this similarity on, within 1e-6: above 0, at most 1
  DuplicateGroups groups = DuplicateGroups::star;
  std::span<const std::uint32_t> order = {};  ///< every item once, those to keep first; empty: as they come
  bool central = false;                       ///< of a group the item that is most like the others stays, not the first
  /// The first so many items are known: none of them goes, and others go only for what is like one of them.
  std::size_t n_known = 0;
};

enum class DuplicateBy : std::uint8_t {
  nothing,  ///< it stays
  equality,
  sets,
  rows,
};
/// "", "exact", "near", "semantic".
std::string_view name_of(DuplicateBy by) noexcept;

struct Duplicates {
  std::vector<std::uint32_t> kept;  ///< of each item the one that stays in its place: itself, if it stays
  std::vector<float> similarity;    ///< to that one, by what `by` says; 1 if it stays or is equal
  std::vector<DuplicateBy> by;
  [[nodiscard]] std::size_t size() const noexcept { return kept.size(); }
  [[nodiscard]] bool goes(std::size_t i) const noexcept { return by[i] != DuplicateBy::nothing; }
  [[nodiscard]] std::size_t n_going() const noexcept;
};

/// Which items go, and for which. No pair is taken for alike that is not. By sets about one in a hundred of the pairs just at the threshold
/// are missed (`recall`); by rows none up to kExactRows items, above that about one in a hundred. An item that is like several goes to the
/// most similar one that stayed before it, by sets rather than by rows.
/// Cost: by sets about linear, in the pairs that meet; by rows n · kept · dim / 2 products, or the graph's. Memory: 12 bytes a band and
/// kept item (200 at 0.8), a copy of the kept rows. The result depends on items, options and context.seed only, never on threads. Throws
/// Error{invalid_argument} for options out of range, rows that are not finite and an order that is not one of all items, Error{mismatch} if
/// sets or rows are not n, Error{limit} for 2^32 items or more, Error{cancelled}.
Duplicates find_duplicates(const DuplicateItems& items, const DuplicateOptions& options, Context& context);

/// From so many items on rows are looked up in a graph (hnsw.h).
inline constexpr std::size_t kExactRows = 300'000;

}  // namespace akin
