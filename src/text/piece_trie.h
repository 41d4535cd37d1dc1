// Pieces as paths from one root, for walking along a text: a double array (Aoe, 1989) with one 8-byte cell a node that holds all a step
// needs, so that a step is one load. Compare ByteTrie, which can be added to. Tested by piece_trie_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace akin::text {

class PieceTrie {
 public:
  /// Where a walk stands. Small, to be kept by value.
  struct Walk {
    std::uint32_t base = 0;
    std::uint32_t packed = 0;
  };
  static constexpr std::size_t kMaxPieces = (std::size_t{1} << 23) - 2;

  PieceTrie() : PieceTrie(std::vector<std::string_view>()) {}
  /// index = id; empty pieces are left out, of equal ones the last counts. Throws Error{limit} for more than kMaxPieces.
  explicit PieceTrie(const std::vector<std::string_view>& pieces);

  [[nodiscard]] Walk begin() const noexcept { return root_; }
  /// Goes on by one byte; false (and `walk` is spent) if no piece does.
  bool step(Walk& walk, unsigned char byte) const noexcept {
    const Cell& cell = cells_[walk.base ^ byte];
    walk = {cell.base, cell.packed};
    return (cell.packed & (kUsed | 0xFF)) == (kUsed | byte);
  }
  /// The piece that ends here, −1 if none does.
  [[nodiscard]] std::int32_t id(const Walk& walk) const noexcept { return static_cast<std::int32_t>((walk.packed & ~kUsed) >> 8) - 1; }
  [[nodiscard]] std::int32_t find(std::string_view piece) const noexcept;

 private:
  static constexpr std::uint32_t kUsed = 0x80000000;
  // Children of a node are the cells base ^ byte, marked with that byte; no two nodes share a base.
  struct Cell {
    std::uint32_t base = 0;
    std::uint32_t packed = 0;  // kUsed | (id + 1) << 8 | the byte that leads here
  };
  class Builder;

  std::vector<Cell> cells_;
  Walk root_;
};

}  // namespace akin::text
