// The hash by which git names a file's content: SHA-1 over "blob SIZE\0" and the bytes. The Hub names its small files by it. SHA-1 (FIPS
// 180-4) finds damage here; it is not trusted against forgery, which TLS is for. Tested by git_hash_test.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace akin::hub {

class GitBlobHash {
 public:
  explicit GitBlobHash(std::uint64_t size);
  /// `size` bytes in all.
  void update(std::string_view bytes) noexcept;
  /// 40 lower-case hexadecimal digits.
  std::string hex() noexcept;

 private:
  void block(const std::uint8_t* bytes) noexcept;

  std::array<std::uint32_t, 5> state_;
  std::array<std::uint8_t, 64> buffer_{};
  std::size_t buffered_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace akin::hub
