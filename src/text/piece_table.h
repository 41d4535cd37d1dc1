// Pieces → ids: an open-addressed hash table of views, built in one pass. Tested by piece_table_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace akin::text {

class PieceTable {
 public:
  PieceTable() = default;
  /// index = id; empty pieces are left out, of two equal ones the later counts. `pieces` must outlive the table and stay where it is.
  explicit PieceTable(const std::vector<std::string>& pieces);

  /// −1 if there is no such piece.
  [[nodiscard]] std::int32_t find(std::string_view piece) const noexcept;

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::int32_t id = -1;  // −1: free
  };
  [[nodiscard]] static std::uint64_t hash_of(std::string_view piece) noexcept;

  const std::vector<std::string>* pieces_ = nullptr;
  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
};

}  // namespace akin::text
