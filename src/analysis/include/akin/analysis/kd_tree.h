// Exact neighbours among rows of few numbers: a balanced tree of boxes (Bentley, 1975). Looking costs O(log n) where rows have up to about
// a dozen numbers; beyond that boxes overlap and a scan is faster: see knn_graph.h. Distances are squares of Euclidean ones, their terms
// added in the order of the columns: a pair has the same bits from either side. Tested by kd_tree_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/kernels/top_k.h"

namespace akin {

class KdTree {
 public:
  /// Of no row.
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  /// Keeps a copy of the rows. O(n log n); the same tree on any number of threads. Throws Error{invalid_argument} for no rows, 2^31 of them
  /// or more, and rows that are not finite.
  KdTree(MatrixView<const float> rows, Context& context);

  [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }
  [[nodiscard]] std::size_t dim() const noexcept { return dim_; }
  /// Rows as they lie in the tree: near ones lie near to each other, so that searches for them in this order share a cache.
  [[nodiscard]] std::span<const std::uint32_t> order() const noexcept { return order_; }

  /// The k rows nearest to the query but for row `except`, the nearest first, equally near ones by their number; `distance` is squared.
  void nearest(std::span<const float> query, std::size_t k, std::uint32_t except, std::vector<kernels::Scored>& out) const;

  // For searches of a kind of their own. Node 0 is the root; the children of node i are 2 i + 1 and 2 i + 2; the last n_leaves() are
  // leaves.
  [[nodiscard]] std::size_t n_nodes() const noexcept { return nodes_.size(); }
  [[nodiscard]] std::size_t n_leaves() const noexcept { return (nodes_.size() + 1) / 2; }
  [[nodiscard]] bool is_leaf(std::size_t node) const noexcept { return node >= nodes_.size() / 2; }
  struct Node {
    std::uint32_t begin = 0, end = 0;  ///< of order()
    std::uint32_t least_id = kNone;    ///< the lowest row in it
  };
  [[nodiscard]] const Node& node(std::size_t i) const noexcept { return nodes_[i]; }
  /// The square of the distance to the box of a node: at most that to any of its rows, in the very bits.
  [[nodiscard]] float square_to(std::span<const float> query, std::size_t node) const noexcept;
  /// The square of the distance to the furthest corner of a node's box: at least that to any of its rows, but for rounding.
  [[nodiscard]] float furthest_square(std::span<const float> query, std::size_t node) const noexcept;
  /// The square of the length of a node's box from corner to corner: at least that between any two of its rows, but for rounding.
  [[nodiscard]] float square_across(std::size_t node) const noexcept;
  /// Squares of the distances to the rows of a leaf, in their order. out.size() ≥ kLeafRows.
  void squares_to_leaf(std::span<const float> query, std::size_t node, std::span<float> out) const noexcept;
  /// Rows of a leaf at most.
  static constexpr std::size_t kLeafRows = 24;

 private:
  void split(MatrixView<const float> rows, Context& context);
  void measure_boxes(MatrixView<const float> rows, Context& context);
  void copy_leaves(MatrixView<const float> rows, Context& context);

  std::size_t dim_;
  std::vector<std::uint32_t> order_;
  std::vector<Node> nodes_;
  Matrix<float> boxes_;   ///< a row a node: dim lowest numbers, then dim highest
  Matrix<float> leaves_;  ///< a row a leaf: kLeafRows numbers of column 0, then of column 1, …; infinite behind its rows
};

}  // namespace akin
