// In which order items are looked at, where somebody has to come first. Tested by equal_items_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "akin/base/error.h"

namespace akin::analysis {

/// `order`, or 0 … n − 1 if it is empty. Throws Error{limit} for 2^32 items or more, Error{invalid_argument} unless each item is in it
/// once.
inline std::vector<std::uint32_t> item_order(std::size_t n, std::span<const std::uint32_t> order) {
  if (n >= std::numeric_limits<std::uint32_t>::max()) throw Error(ErrorCode::limit, "duplicates: 2^32 items or more");
  std::vector<std::uint32_t> out(n);
  if (order.empty()) {
    std::iota(out.begin(), out.end(), 0U);
    return out;
  }
  require(order.size() == n, "duplicates: the order must have every item once");
  std::vector<bool> seen(n);
  for (std::size_t i = 0; i < n; ++i) {
    require(order[i] < n && !seen[order[i]], "duplicates: the order must have every item once");
    seen[order[i]] = true;
    out[i] = order[i];
  }
  return out;
}

}  // namespace akin::analysis
