// A set of ids, or all ids but some: what a condition of a filter passes, and what "and", "or" and "not" make of it. Tested by
// id_set_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace akin::store {

class IdSet {
 public:
  /// In any order, with repeats.
  static IdSet of(std::vector<std::uint64_t> ids);
  [[nodiscard]] IdSet inverted() &&;
  static IdSet both(const IdSet& a, const IdSet& b);
  static IdSet either(IdSet a, IdSet b);

  [[nodiscard]] bool is_all_but() const noexcept { return all_but_; }
  /// Ascending: those that are in it, or those that are not if is_all_but().
  [[nodiscard]] std::span<const std::uint64_t> ids() const noexcept { return ids_; }
  /// Of a set that is not is_all_but().
  [[nodiscard]] std::vector<std::uint64_t> take() && { return std::move(ids_); }

 private:
  std::vector<std::uint64_t> ids_;
  bool all_but_ = false;
};

}  // namespace akin::store
