// How the rows of a set are cut into pieces of work: by their number alone, never by threads, so that the pieces and the order of merging
// are the same everywhere. Tested by work_plan_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "akin/space/vector_set.h"

namespace akin {

/// Rows [begin, end) of a segment.
struct RowRange {
  const VectorSegment* segment = nullptr;
  std::size_t begin = 0;
  std::size_t end = 0;
  [[nodiscard]] std::uint64_t first_id() const noexcept { return segment->first_id + begin; }
};

/// Ranges that one piece of work goes through, in order of ids.
using RowGroup = std::vector<RowRange>;

/// Cuts the set into groups of about `rows_per_group` rows (> 0), larger ones if that gave more than `max_groups`. Small segments share a
/// group.
std::vector<RowGroup> cut_rows(const VectorSet& vectors, std::size_t rows_per_group, std::size_t max_groups);

}  // namespace akin
