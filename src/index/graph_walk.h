// The walk through a graph: from the nearest of the entries it goes to the neighbours of the nearest node not yet looked at, and keeps the
// `beam` nearest it has met, until all of them have been looked at. Scratch of one thread. Tested by graph_walk_test.cc.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/space/code_table.h"
#include "graph.h"

namespace akin {

/// A node and its estimate as one number that orders by estimate, then by node; its lowest bit says that its links have been followed.
class BeamEntry {
 public:
  BeamEntry() = default;
  BeamEntry(float estimate, std::uint32_t node) noexcept : key_(std::uint64_t{ordered(estimate)} << 32 | std::uint64_t{node} << 1) {}
  [[nodiscard]] std::uint32_t node() const noexcept { return static_cast<std::uint32_t>(key_) >> 1; }
  [[nodiscard]] float estimate() const noexcept {
    const auto bits = static_cast<std::uint32_t>(key_ >> 32);
    return std::bit_cast<float>((bits & kSign) != 0 ? bits & ~kSign : ~bits);
  }
  [[nodiscard]] bool followed() const noexcept { return (key_ & 1) != 0; }
  void set_followed() noexcept { key_ |= 1; }
  friend bool operator<(BeamEntry a, BeamEntry b) noexcept { return a.key_ < b.key_; }

 private:
  static constexpr std::uint32_t kSign = 0x80000000U;
  // Floats in the order of whole numbers: negative ones turned round.
  static std::uint32_t ordered(float value) noexcept {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return bits ^ (static_cast<std::uint32_t>(static_cast<std::int32_t>(bits) >> 31) | kSign);
  }

  std::uint64_t key_ = 0;
};

/// The nearest nodes met so far, in order.
class Beam {
 public:
  void reset(std::size_t capacity);
  /// The place it took, or capacity if it is not among the nearest.
  std::size_t push(BeamEntry entry) noexcept {
    BeamEntry* const begin = entries_.data();
    if (size_ == capacity_ && !(entry < begin[size_ - 1])) return capacity_;
    BeamEntry* const place = std::lower_bound(begin, begin + size_, entry);
    if (size_ < capacity_) ++size_;
    std::copy_backward(place, begin + size_ - 1, begin + size_);
    *place = entry;
    return static_cast<std::size_t>(place - begin);
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool full() const noexcept { return size_ == capacity_; }
  [[nodiscard]] BeamEntry& operator[](std::size_t i) noexcept { return entries_[i]; }
  [[nodiscard]] std::span<const BeamEntry> entries() const noexcept { return {entries_.data(), size_}; }
  /// The first entry from place `at` on whose links have not been followed, or size().
  [[nodiscard]] std::size_t next(std::size_t at) const noexcept {
    while (at < size_ && entries_[at].followed()) ++at;
    return at;
  }

 private:
  std::vector<BeamEntry> entries_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// A set of nodes that is emptied in the time that filling it took.
class NodeMarks {
 public:
  void reset(std::size_t n_nodes);
  /// False if it was marked before.
  bool mark(std::uint32_t node) noexcept {
    std::uint64_t& word = words_[node / 64];
    const std::uint64_t bit = std::uint64_t{1} << node % 64;
    const bool fresh = (word & bit) == 0;
    word |= bit;
    return fresh;
  }
  /// Unmarks what `nodes` lists.
  void clear(std::span<const std::uint32_t> nodes) noexcept {
    for (const std::uint32_t node : nodes) words_[node / 64] = 0;
  }

 private:
  std::vector<std::uint64_t> words_;
};

/// What a walk goes through: links that may still grow, so nodes from `n_nodes` on and places behind kNoLink are not looked at.
struct WalkGround {
  const CodeTable* codes = nullptr;
  MatrixView<const std::uint32_t> links;
  std::size_t n_entries = 0;
  const GraphProof* proof = nullptr;  ///< of a mapped graph
};

/// Nodes that a walk collects: those that have a row, with its bit set if there are bits. Without rows: all.
struct KeptNodes {
  std::span<const std::uint64_t> bits = {};  ///< a bit a row
  std::span<const std::uint32_t> rows = {};  ///< of each node
  [[nodiscard]] bool all() const noexcept { return rows.empty(); }
  [[nodiscard]] bool keeps(std::uint32_t node) const noexcept {
    const std::uint32_t row = rows[node];
    return row != kNoRow && (bits.empty() || (bits[row / 64] >> row % 64 & 1) != 0);
  }
};

struct WalkOptions {
  std::size_t beam = 64;
  KeptNodes kept = {};  ///< the others are walked over
  /// Of a filtered walk: nodes of all kinds that the beam holds.
  std::size_t wide_beam = 0;
  /// A node that is not there for this walk.
  std::uint32_t hidden = kNoLink;
};

class GraphWalk {
 public:
  /// The nodes nearest to the query by estimate, in order, up to options.beam of them. Valid until the next walk. Throws GraphDamage.
  std::span<const BeamEntry> find(const WalkGround& ground, const CodeQuery& query, const WalkOptions& options);
  /// Estimates that the walks so far have made.
  [[nodiscard]] std::size_t n_estimates() const noexcept { return n_estimates_; }

 private:
  void unmark();
  void enter(const WalkGround& ground, const CodeQuery& query);
  std::size_t follow(const WalkGround& ground, const CodeQuery& query, std::uint32_t node);

  Beam beam_, collected_;
  NodeMarks seen_;
  std::vector<std::uint32_t> touched_, fresh_;
  std::vector<std::int32_t> sums_;
  std::vector<float> estimates_;
  KeptNodes kept_;
  std::size_t n_estimates_ = 0;
};

}  // namespace akin
