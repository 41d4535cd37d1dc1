// What a map page is made of: the files of src/plot/page, put into the library by its CMakeLists.txt. Tested by map_page_test.cc.
#pragma once

#include <string_view>

namespace akin::plot {

extern const std::string_view kPageBody, kPageStyle, kPageScript;

}  // namespace akin::plot
