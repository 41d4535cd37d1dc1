// One at a time, across processes: an exclusive flock() on a file, as huggingface_hub takes it, so that akin and it wait for each other.
// It goes with the process, however that ends; the file stays. Tested by file_lock_test.cc.
#pragma once

#include <filesystem>

#include "akin/base/context.h"

namespace akin::hub {

class FileLock {
 public:
  /// Makes the file and its folders, and waits until nobody else holds it; says so once. Throws Error{io}, Error{cancelled}.
  FileLock(const std::filesystem::path& file, Context& context);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int fd_ = -1;
};

}  // namespace akin::hub
