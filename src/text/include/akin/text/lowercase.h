// Unicode lower case of whole texts, as Python's str.lower() but for the final sigma. Tested by lowercase_test.cc.
#pragma once

#include <string>
#include <string_view>

namespace akin {

/// Malformed UTF-8 becomes U+FFFD.
std::string lowercase(std::string_view text);

}  // namespace akin
