// Spoils a good file in every small way and watches the reader: it may succeed or throw Error, nothing else. (That no byte outside the
// file is touched is seen by the sanitizers.)
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "akin/base/error.h"

namespace akin::testing {

inline std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

inline std::string file_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// A copy whose heap block ends where the text does, so that one byte too far is seen.
inline std::vector<std::byte> exact_copy(const std::string& text) {
  const auto bytes = bytes_of(text);
  return {bytes.begin(), bytes.end()};
}

/// True if `read` took the bytes; false if it refused them in the way that is allowed.
template <class Read>
bool is_read(const std::string& text, Read&& read) {
  const std::vector<std::byte> bytes = exact_copy(text);
  try {
    read(std::span<const std::byte>(bytes));
    return true;
  } catch (const Error& error) {
    const ErrorCode code = error.code();
    EXPECT_TRUE(code == ErrorCode::corrupt || code == ErrorCode::unsupported || code == ErrorCode::limit) << error.what();
    EXPECT_EQ(std::string_view(error.what()).find('\n'), std::string_view::npos) << error.what();
    return false;
  }
}

/// How many of the shorter files were taken: every length from 0 to that of `good` − 1.
template <class Read>
std::size_t count_read_truncated(const std::string& good, Read&& read) {
  std::size_t n = 0;
  for (std::size_t length = 0; length < good.size(); ++length) n += is_read(good.substr(0, length), read) ? 1 : 0;
  return n;
}

/// Every single bit flipped, and every byte made 0, 0x7F, 0x80 and 0xFF; returns how many were refused.
template <class Read>
std::size_t count_refused_flips(const std::string& good, Read&& read) {
  std::size_t n = 0;
  std::string bad = good;
  for (char& byte : bad) {
    const char kept = byte;
    for (int bit = 0; bit < 8; ++bit) {
      byte = static_cast<char>(kept ^ (1 << bit));
      n += is_read(bad, read) ? 0 : 1;
    }
    for (const int value : {0, 0x7F, 0x80, 0xFF}) {
      byte = static_cast<char>(value);
      n += is_read(bad, read) ? 0 : 1;
    }
    byte = kept;
  }
  return n;
}

}  // namespace akin::testing
