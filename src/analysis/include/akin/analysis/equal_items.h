// Items that are the same, byte by byte: texts, or vectors as their bytes. Found by a hash and compared whole, so that no two different
// ones are ever taken for the same. Tested by equal_items_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "akin/base/context.h"

namespace akin {

/// For each item the first one that is equal to it, which may be itself. `order` says which comes first: every item once; empty: as they
/// come. O(bytes + n log n), 20 bytes an item. Throws Error{limit} for 2^32 items or more, Error{invalid_argument} if the order is not one
/// of all items, Error{cancelled}.
std::vector<std::uint32_t> first_equals(std::span<const std::string_view> items, std::span<const std::uint32_t> order, Context& context);

}  // namespace akin
