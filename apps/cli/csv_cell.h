// Text in a CSV file.
#pragma once

#include <string>

namespace akin::cli {

/// A cell of RFC 4180: quoted where it has to be.
inline std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

}  // namespace akin::cli
