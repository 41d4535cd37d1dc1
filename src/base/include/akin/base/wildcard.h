// Patterns in which '*' stands for any letters: the way through one, without going back further than the last star, as an earlier one never
// needs to change its mind. What else a pattern may hold is the caller's. Tested by wildcard_test.cc.
#pragma once

#include <cstddef>
#include <string_view>

namespace akin {

/// take(rest of the pattern, letter): how much of the pattern, which does not begin with '*', stands for the letter; 0 if it does not.
/// Never more than (pattern × text) calls.
template <class Take>
[[nodiscard]] bool match_wildcard(std::string_view pattern, std::string_view text, const Take& take) noexcept {
  std::size_t p = 0, n = 0, star = std::string_view::npos, from = 0;
  while (n < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      from = n;
      continue;
    }
    const std::size_t taken = p < pattern.size() ? take(pattern.substr(p), text[n]) : 0;
    if (taken > 0) {
      p += taken;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++from;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace akin
