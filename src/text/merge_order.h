// What comes of merging without merging. Where every merge joins what earlier merges made, and makes something new, merges happen in the
// order of their ranks, and a word's tokens are the one way to cut it into pieces that come out whole, each two side by side of which stay
// apart: H. van Antwerpen and A. Neubeck, "So many tokens, so little time", 2024. Tested by merge_order_test.cc against merging.
#pragma once

#include <cstdint>
#include <vector>

#include "bpe.h"

namespace akin::text {

class MergeOrder {
 public:
  explicit MergeOrder(const Bpe& model);

  /// Are the merges as it takes? If not, nothing else may be asked.
  [[nodiscard]] bool holds() const noexcept { return holds_; }
  /// Is a piece that merges make what becomes of its own characters?
  [[nodiscard]] bool comes_out_whole(std::int32_t id) const noexcept { return pieces_[static_cast<std::size_t>(id)].whole; }
  /// Does nothing merge across the border of two pieces that come out whole?
  [[nodiscard]] bool stay_apart(std::int32_t left, std::int32_t right) const noexcept { return stay_apart(left, right, kNever); }

 private:
  struct Piece {
    std::uint32_t made = 0;  // when: the rank of its merge and one; 0: it is no merge's
    std::int32_t left = 0;
    std::int32_t right = 0;
    bool whole = false;
  };
  static constexpr std::uint32_t kNever = ~std::uint32_t{0};
  [[nodiscard]] bool stay_apart(std::int32_t left, std::int32_t right, std::uint32_t until) const noexcept;

  const Bpe& model_;
  std::vector<Piece> pieces_;
  bool holds_ = true;
};

}  // namespace akin::text
