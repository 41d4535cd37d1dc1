// White space around a text, as Python's str.strip() sees it. Tested by strip_test.cc.
#pragma once

#include <string_view>

namespace akin {

/// A view into `text` without the white space at both ends. Malformed UTF-8 is no white space.
std::string_view stripped(std::string_view text) noexcept;

}  // namespace akin
