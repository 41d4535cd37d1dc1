// One writer at a time, across processes: an flock() on a file that names its holder. The lock goes with the process, however it ends; the
// file stays. Tested by writer_lock_test.cc.
#pragma once

#include <filesystem>

namespace akin::store {

class WriterLock {
 public:
  WriterLock() = default;
  /// Throws Error{busy} naming the holder's process and its start time, Error{io}.
  explicit WriterLock(const std::filesystem::path& file);
  ~WriterLock();
  WriterLock(WriterLock&& other) noexcept;
  WriterLock& operator=(WriterLock&& other) noexcept;

  [[nodiscard]] bool held() const noexcept { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

}  // namespace akin::store
