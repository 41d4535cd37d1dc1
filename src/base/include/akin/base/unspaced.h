// Scripts that put no spaces between words. Their texts are searched by overlapping groups of characters: two of Chinese, Japanese and
// Korean, three of Thai, Lao, Khmer and Burmese, whose characters say less each. Tested by unspaced_test.cc.
#pragma once

#include <cstddef>
#include <string_view>

#include "akin/base/utf8.h"

namespace akin {

/// Characters a group has in the script of this one; 0 for a script with spaces, for digits and for punctuation.
std::size_t group_size(char32_t code_point) noexcept;

/// The longest stretch of characters of one group size.
struct UnspacedRun {
  std::size_t begin = 0, end = 0;  ///< bytes; begin = end = the text's size where there is none
  std::size_t group = 0;           ///< characters a group
};
/// The first one that begins at `from` or later.
UnspacedRun next_unspaced(std::string_view text, std::size_t from) noexcept;

/// Calls visit(begin, end) with the bytes of each group of a run. The last characters of a run begin shorter groups, so that each character
/// begins one and every part of a run is the beginning of a group; with `whole_only` those are left out, if the run has one whole group.
template <class Visit>
void for_each_group(std::string_view text, const UnspacedRun& run, bool whole_only, const Visit& visit) {
  std::size_t end = run.begin;
  std::size_t n = 0;  // characters from begin to end
  const auto grow = [&] { end += decode_utf8(text, end).length, ++n; };
  while (end < run.end && n < run.group) grow();
  for (std::size_t begin = run.begin; begin < run.end; begin += decode_utf8(text, begin).length) {
    visit(begin, end);
    if (end < run.end) {
      grow();
    } else if (whole_only) {
      return;
    }
  }
}

}  // namespace akin
