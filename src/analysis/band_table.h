// Numbered entries, each with a key a band, and who has the same key in the same band: chains of entries, the newest first.
// Tested by set_likeness_test.cc.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "likeness.h"

namespace akin::analysis {

class BandTable {
 public:
  /// For about so many entries; there may be more.
  BandTable(std::size_t n_bands, std::size_t n_entries)
      : n_bands_(n_bands),
        shift_(32 - static_cast<int>(std::bit_width(std::bit_ceil(n_entries + 1) - 1))),
        heads_(n_bands << (32 - shift_), kNoItem) {}

  [[nodiscard]] std::uint32_t size() const noexcept { return n_entries_; }

  void add(std::span<const std::uint32_t> keys) {
    for (std::size_t b = 0; b < n_bands_; ++b) {
      std::uint32_t& head = heads_[place_of(b, keys[b])];
      links_.push_back({keys[b], head});
      head = n_entries_;
    }
    ++n_entries_;
  }

  void clear() {
    std::fill(heads_.begin(), heads_.end(), kNoItem);
    links_.clear();
    n_entries_ = 0;
  }

  /// Calls take(entry) for each entry of the range that has one of the keys; once for every key that it has.
  template <class Take>
  void find(std::span<const std::uint32_t> keys, const KeptRange& among, const Take& take) const {
    for (std::size_t b = 0; b < n_bands_; ++b)
      for (std::uint32_t e = heads_[place_of(b, keys[b])]; e != kNoItem && e >= among.begin;) {
        const Link& link = links_[std::size_t{e} * n_bands_ + b];
        if (link.key == keys[b] && e < among.end) take(e);
        e = link.next;
      }
  }

 private:
  struct Link {
    std::uint32_t key, next;
  };
  [[nodiscard]] std::size_t place_of(std::size_t band, std::uint32_t key) const noexcept {
    return (band << (32 - shift_)) + (shift_ == 32 ? 0 : key >> shift_);
  }

  std::size_t n_bands_;
  int shift_;
  std::vector<std::uint32_t> heads_;  // (n_bands, 2^k)
  std::vector<Link> links_;           // (n_entries, n_bands)
  std::uint32_t n_entries_ = 0;
};

}  // namespace akin::analysis
