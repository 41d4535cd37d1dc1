// A path of headings as one field of the database, one heading a line. Tested by headings_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace akin::store {

/// Line breaks inside a heading become spaces.
std::string join_headings(const std::vector<std::string>& headings);
std::vector<std::string> split_headings(std::string_view joined);

}  // namespace akin::store
