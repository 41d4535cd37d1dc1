// How many letters apart two names are, for "did you mean". Tested by edit_distance_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace akin {

/// Letters inserted, deleted, replaced or swapped with their neighbour to turn `a` into `b` (optimal string alignment), case ignored.
/// O(a.size() × b.size()); names over 256 letters count as that far from everything.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The nearest word of `known`, or empty if none is near: at most a third of the word's length away, and always at least one letter is
/// allowed. A word that is only begun ("q8" of "q8_0") is one letter away.
std::string nearest_word(std::string_view word, std::span<const std::string> known);

}  // namespace akin
