// Which rows of a set a search may return. A view: the bits or ids must outlive the search. Tested by row_filter_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace akin {

class RowFilter {
 public:
  /// Keeps every row.
  RowFilter() = default;
  /// Keeps row id if bit id % 64 of bits[id / 64] is set. Bits past the last row are ignored.
  static RowFilter from_bits(std::span<const std::uint64_t> bits) noexcept;
  /// Keeps the rows listed, rising and without repeats.
  static RowFilter from_ids(std::span<const std::uint64_t> ids) noexcept;

  [[nodiscard]] bool keeps_all() const noexcept { return kind_ == Kind::all; }
  /// Throws Error{invalid_argument} if the bits do not cover `n_rows`, or ids are not rising or not below it.
  void check(std::size_t n_rows) const;
  /// How many of rows [0, n_rows) are kept.
  [[nodiscard]] std::size_t count(std::size_t n_rows) const noexcept;
  /// Replaces `offsets` by id − first_id of the rows kept among [first_id, first_id + n), rising. n ≤ 2^32.
  void select(std::uint64_t first_id, std::size_t n, std::vector<std::uint32_t>& offsets) const;
  /// A bit for each of rows [0, n_rows), as from_bits() takes them: in `room` unless the filter was made of bits. Not of a filter that
  /// keeps all.
  [[nodiscard]] std::span<const std::uint64_t> bits(std::size_t n_rows, std::vector<std::uint64_t>& room) const;

 private:
  enum class Kind { all, bits, ids };
  RowFilter(Kind kind, std::span<const std::uint64_t> words) noexcept : kind_(kind), words_(words) {}

  Kind kind_ = Kind::all;
  std::span<const std::uint64_t> words_;
};

}  // namespace akin
