// The substrings that several places of a list of words share, and which no character more to the right would tell apart: the inner nodes
// of a suffix tree (Kasai et al., 2001, over a sorted list of suffixes), counted. Tested by repeated_substrings_test.cc against all
// substrings counted one by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "word_counts.h"

namespace akin::train {

struct RepeatedSubstring {
  std::u32string text;
  std::uint64_t n_places = 0;  ///< in the list of different words; ≥ 2
};

/// Those of 2 to `max_chars` characters that lie within a word. A word's end counts as one more character, the same for all words. In the
/// order of their code points. O(n log n) comparisons of up to max_chars + 1 characters.
std::vector<RepeatedSubstring> repeated_substrings(const std::vector<CountedWord>& words, std::size_t max_chars, Context& context);

}  // namespace akin::train
