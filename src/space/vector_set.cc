#include "akin/space/vector_set.h"

#include <algorithm>
#include <limits>
#include <string>

#include "akin/base/error.h"

namespace akin {

VectorSet::VectorSet(std::size_t dim, bool unit_length) : dim_(dim), unit_length_(unit_length) {
  require(dim > 0, "a set of vectors needs at least one dimension");
}

VectorSet::VectorSet(MatrixView<const float> rows, bool unit_length) : VectorSet(rows.cols(), unit_length) { add_segment(rows); }

void VectorSet::add_segment(MatrixView<const float> rows) {
  if (rows.rows() == 0) return;
  if (rows.cols() != dim_) {
    throw Error(ErrorCode::mismatch,
                "vectors of " + std::to_string(rows.cols()) + " dimensions cannot join a set of " + std::to_string(dim_));
  }
  // Ids inside a segment are kept in 32 bits while it is searched.
  if (rows.rows() > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorCode::limit, "a segment of " + std::to_string(rows.rows()) + " vectors is over the limit of 4294967295");
  }
  segments_.push_back({rows, size_});
  size_ += rows.rows();
}

const VectorSegment& VectorSet::segment_of(std::uint64_t id) const noexcept {
  AKIN_DCHECK(id < size_);
  const auto after =
      std::upper_bound(segments_.begin(), segments_.end(), id, [](std::uint64_t x, const VectorSegment& s) { return x < s.first_id; });
  return *(after - 1);
}

std::span<const float> VectorSet::row(std::uint64_t id) const noexcept {
  const VectorSegment& segment = segment_of(id);
  return segment.rows.row(id - segment.first_id);
}

}  // namespace akin
