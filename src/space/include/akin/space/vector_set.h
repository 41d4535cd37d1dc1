// The vectors that an index searches: rows of floats lying in one or several places (mapped files, matrices), numbered through.
// A view: whoever owns the rows must outlive it and everything built over it. Copying it copies no row. Tested by vector_set_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/matrix.h"

namespace akin {

/// Rows that lie together; row r of them has the id first_id + r.
struct VectorSegment {
  MatrixView<const float> rows;
  std::uint64_t first_id = 0;
};

class VectorSet {
 public:
  VectorSet() = default;
  /// An empty set of vectors with `dim` numbers. `unit_length`: the owner vouches that every row has length 1, so that cosine distances
  /// need no division. Throws Error{invalid_argument} if dim is 0.
  explicit VectorSet(std::size_t dim, bool unit_length = false);
  /// A set of one segment.
  explicit VectorSet(MatrixView<const float> rows, bool unit_length = false);

  /// Appends rows, whose ids go on from size(). Throws Error{mismatch} if they are not dim() wide, Error{limit} for 2^32 rows or more in
  /// one segment.
  void add_segment(MatrixView<const float> rows);

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t dim() const noexcept { return dim_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] bool unit_length() const noexcept { return unit_length_; }
  /// In order of ids; none is empty.
  [[nodiscard]] const std::vector<VectorSegment>& segments() const noexcept { return segments_; }
  /// id < size(). O(log segments).
  [[nodiscard]] std::span<const float> row(std::uint64_t id) const noexcept;
  /// The segment that holds `id` < size().
  [[nodiscard]] const VectorSegment& segment_of(std::uint64_t id) const noexcept;

 private:
  std::vector<VectorSegment> segments_;
  std::size_t size_ = 0;
  std::size_t dim_ = 0;
  bool unit_length_ = false;
};

}  // namespace akin
