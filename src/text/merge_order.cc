#include "merge_order.h"

#include "akin/base/utf8.h"

namespace akin::text {

MergeOrder::MergeOrder(const Bpe& model) : model_(model), pieces_(model.size()) {
  const auto at = [&](std::int32_t id) -> Piece& { return pieces_[static_cast<std::size_t>(id)]; };
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const auto id = static_cast<std::int32_t>(i);
    pieces_[i].whole = count_code_points(model.piece(id)) == 1 && model.id_of(model.piece(id)) == id;
  }
  model.for_each_merge([&](std::uint32_t rank, std::int32_t left, std::int32_t right, std::int32_t merged) {
    Piece& piece = at(merged);
    holds_ = holds_ && piece.made == 0 && merged != left && merged != right;
    piece = {.made = rank + 1, .left = left, .right = right, .whole = false};
  });
  model.for_each_merge([&](std::uint32_t rank, std::int32_t left, std::int32_t right, std::int32_t merged) {
    holds_ = holds_ && at(left).made <= rank && at(right).made <= rank;
    at(merged).whole = holds_ && at(left).whole && at(right).whole && stay_apart(left, right, rank + 1);
  });
}

// Goes back in time: the pieces at the border are those of the last moment, and the one that was made later is undone. A merge of the two
// across the border happens if it comes while both are there; of merges of one moment the left ones come first.
bool MergeOrder::stay_apart(std::int32_t left, std::int32_t right, std::uint32_t until) const noexcept {
  while (true) {
    const std::uint32_t rank = model_.rank_of(left, right);
    if (rank != Bpe::kNoRank && rank + 1 < until) return false;
    const Piece& a = pieces_[static_cast<std::size_t>(left)];
    const Piece& b = pieces_[static_cast<std::size_t>(right)];
    if (a.made > b.made) {
      until = a.made;
      left = a.right;
    } else {
      if (b.made == 0) return true;
      until = b.made + 1;
      right = b.left;
    }
  }
}

}  // namespace akin::text
