// Options of learning that are numbers: said and refused in one way. Private. Tested by word_training_test.cc, glove_test.cc and
// classifier_training_test.cc.
#pragma once

#include <charconv>
#include <string>

#include "akin/base/error.h"

namespace akin {

/// The shortest text that gives the number again.
inline std::string number_text(double value) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

/// Throws Error{invalid_argument}; a number that is none is out of every range.
inline void check_range(const char* name, double value, double least, double most) {
  if (value >= least && value <= most) return;
  throw Error(ErrorCode::invalid_argument,
              std::string(name) + " is " + number_text(value) + ", wanted is " + number_text(least) + " to " + number_text(most));
}

}  // namespace akin
