// A safetensors file from its two parts, for tests that lie in the header.
#pragma once

#include <cstdint>
#include <string>

namespace akin::testing {

inline std::string safetensors_bytes(const std::string& header, std::size_t n_data) {
  const std::uint64_t length = header.size();
  std::string out(reinterpret_cast<const char*>(&length), sizeof length);
  out += header;
  for (std::size_t i = 0; i < n_data; ++i) out += static_cast<char>(i);
  return out;
}

}  // namespace akin::testing
