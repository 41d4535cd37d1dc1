// How many letters apart two names are, for "did you mean". Tested by edit_distance_test.cc.
#pragma once

#include <cstddef>
#include <string_view>

namespace akin {

/// Letters inserted, deleted, replaced or swapped with their neighbour to turn `a` into `b` (optimal string alignment), case ignored.
/// O(a.size() × b.size()); names over 256 letters count as that far from everything.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace akin
