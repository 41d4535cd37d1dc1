// The name of a file or folder that a verb writes.
#pragma once

#include <string>

namespace akin::cli {

/// A check of CLI11 for outputs that cannot go to standard output: "-" would become a file or folder of that name.
inline std::string not_stdout(const std::string& name) {
  return name == "-" ? "what is written cannot go to standard output: a name is wanted, or ./- if it is to be called so" : "";
}

}  // namespace akin::cli
