#include "work_plan.h"

#include <algorithm>

namespace akin {

std::vector<RowGroup> cut_rows(const VectorSet& vectors, std::size_t rows_per_group, std::size_t max_groups) {
  const std::size_t size = std::max(rows_per_group, (vectors.size() + max_groups - 1) / max_groups);
  std::vector<RowGroup> groups;
  std::size_t room = 0;
  for (const VectorSegment& segment : vectors.segments()) {
    for (std::size_t begin = 0; begin < segment.rows.rows();) {
      if (room == 0) {
        groups.emplace_back();
        room = size;
      }
      const std::size_t end = std::min(segment.rows.rows(), begin + room);
      groups.back().push_back({&segment, begin, end});
      room -= end - begin;
      begin = end;
    }
  }
  return groups;
}

}  // namespace akin
