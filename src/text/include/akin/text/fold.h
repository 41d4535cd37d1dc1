// A text without what most people do not see as a difference: lower case, canonically composed (NFC), each run of white space one space and
// none at the ends. Two texts that fold alike read alike. Tested by fold_test.cc.
#pragma once

#include <string>
#include <string_view>

namespace akin {

/// Malformed UTF-8 becomes U+FFFD. O(text), tens of megabytes a second; ASCII hundreds.
std::string fold_text(std::string_view text);

}  // namespace akin
