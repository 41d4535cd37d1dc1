#include "file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "akin/base/error.h"
#include "retry.h"

namespace akin::hub {
namespace {

constexpr double kAskAgain = 0.1;  // seconds

}  // namespace

FileLock::FileLock(const std::filesystem::path& file, Context& context) {
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) throw Error(ErrorCode::io, file.parent_path().string() + ": cannot create it: " + error.message());
  fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd_ < 0) throw_errno(file.string(), "open the lock");
  try {
    for (bool told = false; ::flock(fd_, LOCK_EX | LOCK_NB) != 0; told = true) {
      if (errno != EWOULDBLOCK && errno != EINTR) throw_errno(file.string(), "lock it");
      if (!told) context.warn("another process is downloading the same file: waiting for it (" + file.string() + ")");
      wait_for(kAskAgain, context.cancel);
    }
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

FileLock::~FileLock() { ::close(fd_); }

}  // namespace akin::hub
