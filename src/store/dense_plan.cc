#include "dense_plan.h"

#include <array>

namespace akin {
namespace store {

DenseWay dense_way(std::size_t n_rows, std::size_t n_kept, bool filtered) noexcept {
  if (n_kept == 0) return DenseWay::nothing;
  if (!filtered) return DenseWay::all_rows;
  // A list costs eight bytes a kept row and finds it at once; bits cost an eighth of a byte a row, kept or not.
  return n_kept * 64 <= n_rows ? DenseWay::listed_rows : DenseWay::marked_rows;
}

}  // namespace store

std::string_view name_of(DenseWay way) noexcept {
  constexpr std::array<std::string_view, 5> names = {"nothing passes", "exact, all rows", "exact, the rows listed",
                                                     "exact, the rows marked", "through the graph"};
  return names[static_cast<std::size_t>(way)];
}

}  // namespace akin
