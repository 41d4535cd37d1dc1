#include "headings.h"

#include <algorithm>

namespace akin::store {

std::string join_headings(const std::vector<std::string>& headings) {
  std::string out;
  for (std::size_t i = 0; i < headings.size(); ++i) {
    if (i != 0) out += '\n';
    const std::size_t start = out.size();
    out += headings[i];
    std::replace(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), '\n', ' ');
  }
  return out;
}

std::vector<std::string> split_headings(std::string_view joined) {
  std::vector<std::string> out;
  while (!joined.empty()) {
    const std::size_t end = joined.find('\n');
    out.emplace_back(joined.substr(0, end));
    if (end == std::string_view::npos) break;
    joined.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace akin::store
