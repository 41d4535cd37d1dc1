// A file that is read at places, without mapping it: one that another process cuts short gives fewer bytes and ends nobody.
// Tested by examine_test.cc and log_check_test.cc.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "akin/base/error.h"

namespace akin::store {

class OpenFile {
 public:
  /// Throws Error{not_found}, Error{io}.
  explicit OpenFile(const std::filesystem::path& path) : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ < 0) throw_errno(path.string(), "open it");
  }
  ~OpenFile() { ::close(fd_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  /// Fewer bytes than asked for only at the end of the file. Throws Error{io}.
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> out) const {
    std::size_t n_read = 0;
    while (n_read < out.size()) {
      const ssize_t n = ::pread(fd_, out.data() + n_read, out.size() - n_read, static_cast<off_t>(offset + n_read));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw_errno(path_.string(), "read it");
      if (n == 0) break;
      n_read += static_cast<std::size_t>(n);
    }
    return n_read;
  }

 private:
  std::filesystem::path path_;
  int fd_;
};

}  // namespace akin::store
