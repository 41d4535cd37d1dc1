// What Split and Replace look for, and what Split makes of it. read_pattern() tells the two spellings of tokenizer.json apart.
// Tested by pattern_test.cc and parts_test.cc.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json_fields.h"
#include "pre_tokenizer.h"

namespace akin::text {

class Pattern {
 public:
  using Match = std::pair<std::size_t, std::size_t>;  // [begin, end)

  virtual ~Pattern() = default;
  /// Appends all matches in `text` (valid UTF-8), from left to right, none over another.
  virtual void find_all(std::string_view text, std::vector<Match>& out) const = 0;
  /// Equal for equal behaviour.
  [[nodiscard]] virtual std::string describe() const = 0;
};

/// What becomes of the matches of a pattern when a text is cut by it.
enum class SplitBehavior {
  removed,               ///< they separate words
  isolated,              ///< each is a word
  merged_with_previous,  ///< each ends the word before it
  merged_with_next,      ///< each begins the word behind it
  contiguous,            ///< those side by side are one word
};

/// Appends the words of `text`, their places counted from `offset`. With `inverted`, what lies between matches counts as the matches.
void split_by(SplitBehavior behavior, bool inverted, std::string_view text, const std::vector<Pattern::Match>& matches, std::size_t offset,
              std::vector<WordRange>& out);

/// {"String": …} or {"Regex": …}. Throws Error{unsupported}, Error{corrupt}, Error{limit}.
std::unique_ptr<const Pattern> read_pattern(const Json& json, const std::string& where);
/// As tokenizer.json spells it: "Removed", "MergedWithNext" …
SplitBehavior read_behavior(const std::string& name, const std::string& where);

}  // namespace akin::text
