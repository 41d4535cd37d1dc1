// A bounds-checked walk over the bytes of a little-endian file. Whatever passes the end is Error{corrupt} naming file, byte and field.
// Tested by cursor_test.cc.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "akin/base/error.h"
#include "akin/base/utf8.h"

namespace akin {

// Files are little-endian and are read as they lie.
static_assert(std::endian::native == std::endian::little);

class Cursor {
 public:
  /// Both must outlive the cursor.
  Cursor(std::span<const std::byte> bytes, const std::filesystem::path& file) : bytes_(bytes), file_(file) {}

  [[nodiscard]] std::size_t position() const noexcept { return position_; }
  [[nodiscard]] std::size_t remaining() const noexcept { return bytes_.size() - position_; }

  /// `what` names the field in the message, here and below.
  std::span<const std::byte> take(std::uint64_t n, const char* what) {
    if (n > remaining())
      fail(std::string(what) + " takes " + std::to_string(n) + " bytes, " + std::to_string(remaining()) + " are left in the file");
    const auto taken = bytes_.subspan(position_, static_cast<std::size_t>(n));
    position_ += taken.size();
    return taken;
  }

  template <class T>
  requires std::is_arithmetic_v<T> T number(const char* what) {
    T value;
    std::memcpy(&value, take(sizeof(T), what).data(), sizeof(T));
    return value;
  }

  /// A count of things of at least `least_bytes` each, which must fit in the rest of the file.
  template <class T>
  std::uint64_t count(std::size_t least_bytes, const char* what) {
    const std::uint64_t n = number<T>(what);
    if (n > remaining() / least_bytes)
      fail(std::string(what) + " is " + std::to_string(n) + ", which cannot fit in the " + std::to_string(remaining()) +
           " bytes that are left in the file");
    return n;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::corrupt, file_.string() + ": at byte " + std::to_string(position_) + ": " + what);
  }

 private:
  std::span<const std::byte> bytes_;
  const std::filesystem::path& file_;
  std::size_t position_ = 0;
};

inline std::string_view as_text(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Text of a foreign file for a one-line message: control characters and malformed UTF-8 replaced, at most 80 bytes of it.
inline std::string printable(std::string_view text) {
  std::size_t n_replaced = 0;
  std::string out = replace_invalid_utf8(text.substr(0, 80), n_replaced);
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  if (text.size() > 80) out += "...";
  return out;
}

}  // namespace akin
