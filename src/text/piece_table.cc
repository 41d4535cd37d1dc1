#include "piece_table.h"

#include <bit>
#include <cstring>

namespace akin::text {

std::uint64_t PieceTable::hash_of(std::string_view piece) noexcept {
  std::uint64_t hash = piece.size();
  std::size_t at = 0;
  for (; at + 8 <= piece.size(); at += 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, piece.data() + at, 8);
    hash = std::rotl((hash ^ bytes) * 0x9E3779B97F4A7C15ULL, 31);
  }
  std::uint64_t bytes = 0;
  if (at < piece.size()) std::memcpy(&bytes, piece.data() + at, piece.size() - at);
  hash = (hash ^ bytes) * 0xD6E8FEB86659FD93ULL;
  return hash ^ (hash >> 32);
}

PieceTable::PieceTable(const std::vector<std::string>& pieces)
    : pieces_(&pieces), slots_(std::bit_ceil(pieces.size() * 2 + 2)), mask_(slots_.size() - 1) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].empty()) continue;
    const std::uint64_t hash = hash_of(pieces[i]);
    std::size_t at = hash & mask_;
    while (slots_[at].id >= 0 && pieces[static_cast<std::size_t>(slots_[at].id)] != pieces[i]) at = (at + 1) & mask_;
    slots_[at] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::int32_t>(i)};
  }
}

std::int32_t PieceTable::find(std::string_view piece) const noexcept {
  if (slots_.empty()) return -1;
  const std::uint64_t hash = hash_of(piece);
  for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
    const Slot slot = slots_[at];
    if (slot.id < 0) return -1;
    if (slot.hash == static_cast<std::uint32_t>(hash >> 32) && (*pieces_)[static_cast<std::size_t>(slot.id)] == piece) return slot.id;
  }
}

}  // namespace akin::text
