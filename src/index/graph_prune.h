// Which of many near nodes a node is linked to: the nearest first, and no node that one already chosen is much nearer to (robust prune:
// Jayaram Subramanya et al., DiskANN, 2019). So links lead in all directions, not into one cluster alone. Scratch of one thread.
// Tested by graph_prune_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/space/code_table.h"

namespace akin {

/// A node and the squared distance to it.
struct LinkCandidate {
  float distance2 = 0;
  std::uint32_t node = 0;
  friend bool operator<(const LinkCandidate& a, const LinkCandidate& b) noexcept {
    return a.distance2 != b.distance2 ? a.distance2 < b.distance2 : a.node < b.node;
  }
  friend bool operator==(const LinkCandidate&, const LinkCandidate&) = default;
};

class GraphPrune {
 public:
  /// `codes`: of 8 bits. A candidate c is left out if a chosen one is nearer to it than the node is, by the factor `alpha` ≥ 1.
  GraphPrune(const CodeTable& codes, float alpha);

  /// The links, at most `degree`, of a node whose code is row `node` of the table, chosen from `candidates` (any order, repeats and `node`
  /// itself are ignored; changed). Valid until the next call.
  std::span<const std::uint32_t> choose(std::uint32_t node, std::vector<std::uint32_t>& candidates, std::size_t degree);

 private:
  void measure(std::uint32_t from, std::span<const std::uint32_t> nodes);

  const CodeTable* codes_;
  float alpha2_;
  Matrix<std::int8_t> room_;
  std::vector<std::int32_t> sums_;
  std::vector<float> distances_;
  std::vector<LinkCandidate> order_;
  std::vector<std::uint32_t> left_, chosen_;
  std::vector<float> left_distances_;
};

}  // namespace akin
