// The regular expressions of tokenizer.json (Oniguruma's syntax): alternatives, groups, sets, categories, greedy, lazy and possessive
// repeats, look-around, (?i:…). Leftmost match, first alternative that fits, as there. No back references, no captures.
// A matcher that turns back, but remembers where it failed once a search takes long, so that no pattern needs more than time linear in
// the text; look-around and atomic groups, which start afresh, have a budget of steps instead. Tested by regex_matcher_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "regex_program.h"

namespace akin::text {

class Regex {
 public:
  using Match = std::pair<std::size_t, std::size_t>;  // [begin, end)

  Regex(std::string_view pattern, const std::string& where);

  /// Appends all matches in `text` (valid UTF-8), from left to right, none over another; an empty one not right behind another match.
  /// Throws Error{limit} if look-around makes the search too long.
  void find_all(std::string_view text, std::vector<Match>& out) const;
  [[nodiscard]] const std::string& pattern() const noexcept { return pattern_; }

 private:
  std::string pattern_;
  std::string where_;
  RegexProgram program_;
};

}  // namespace akin::text
