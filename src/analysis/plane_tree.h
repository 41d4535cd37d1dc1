// A tree of squares over points on a plane, for sums over all of them that need far ones only roughly (Barnes & Hut, 1986). Points are
// sorted along a Z-curve (Morton, 1966), so that a cell is a range of them. Tested by plane_tree_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/context.h"

namespace akin::analysis {

class PlaneTree {
 public:
  /// Points of a leaf, unless more lie within a 2^20th of the extent of all.
  static constexpr std::size_t kLeaf = 32;

  struct Cell {
    float x = 0, y = 0;  ///< centre of mass
    float side = 0;
    std::uint32_t begin = 0, end = 0;  ///< its points, in the tree's order
    std::uint32_t next = 0;            ///< the cell after it and all that is inside it
    bool is_leaf = false;
  };
  /// What pushes: cells taken as one, and single points.
  struct Sources {
    std::vector<float> x, y, mass;
    void clear();
  };

  /// Of finite points. O(n log n).
  void build(std::span<const float> x, std::span<const float> y, Context& context);

  [[nodiscard]] std::span<const Cell> cells() const noexcept { return cells_; }  ///< each before what is inside it
  [[nodiscard]] std::span<const std::uint32_t> leaves() const noexcept { return leaves_; }
  /// The points in the tree's order, and which they are.
  [[nodiscard]] std::span<const float> x() const noexcept { return x_; }
  [[nodiscard]] std::span<const float> y() const noexcept { return y_; }
  [[nodiscard]] std::span<const std::uint32_t> order() const noexcept { return order_; }

  /// What pushes points within the box: a cell whose side is less than theta times the distance of its centre from the box is one source.
  struct Box {
    float low_x = 0, high_x = 0, low_y = 0, high_y = 0;
  };
  void collect(const Box& box, float theta, Sources& out) const;
  [[nodiscard]] Box box_of(const Cell& cell) const;

 private:
  void cut(std::uint32_t begin, std::uint32_t end, int level, float side);

  std::vector<std::uint64_t> codes_;
  std::vector<std::uint32_t> order_, leaves_;
  std::vector<float> x_, y_;
  std::vector<Cell> cells_;
};

}  // namespace akin::analysis
