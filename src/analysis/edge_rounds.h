// The edges of a graph in rounds, in none of which a vertex has two: those of a round can be worked on side by side, whatever they do to
// their ends, and the result is the same in any order. Tested by edge_rounds_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sparse_graph.h"

namespace akin::analysis {

struct EdgeRounds {
  std::vector<std::size_t> begins;          ///< (rounds + 1): where each begins; the first are the largest
  std::vector<std::uint32_t> heads, tails;  ///< each edge once, head < tail, within a round as the graph has them
  std::vector<float> weights;

  [[nodiscard]] std::size_t size() const noexcept { return begins.size() - 1; }
};

/// Of a symmetric graph's edges with at least that weight. Each edge goes to the first round that has neither of its ends: less than twice
/// as many rounds as the busiest vertex has edges. O(edges · rounds / 64) at worst, mostly O(edges).
EdgeRounds edge_rounds(const SparseGraph& graph, float least);

}  // namespace akin::analysis
