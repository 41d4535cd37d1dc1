// A regular expression as steps for the matcher of regex_matcher.h. Tested by regex_program_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "char_set.h"

namespace akin::text {

/// One step of a compiled pattern; `a` and `b` are distances from the step itself.
struct RegexStep {
  enum class Kind : std::uint8_t {
    one,     ///< a character of set `a`
    split,   ///< go on at a; if that fails, at b
    jump,    ///< go on at a
    at,      ///< the place is as Place says
    look,    ///< the steps from a match (or do not, if negative) here, or `back` characters before; then go on at b
    atomic,  ///< the steps from a match, in the way found first; then go on at b
    accept,
  };
  enum class Place : std::uint8_t { text_begin, text_end, text_end_or_line, line_begin, line_end, word_edge, no_word_edge };

  Kind kind = Kind::accept;
  Place place = Place::text_begin;
  bool negative = false;
  std::int32_t a = 0;
  std::int32_t b = 0;
  std::uint32_t back = 0;
};

struct RegexProgram {
  std::vector<RegexStep> steps;
  std::vector<CharSet> sets;
};

/// Throws Error{unsupported} naming `where`, the pattern and what is not supported, Error{corrupt} for a malformed pattern, Error{limit}
/// for one that is too long.
RegexProgram compile_regex(std::string_view pattern, const std::string& where);

}  // namespace akin::text
