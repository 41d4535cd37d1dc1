#include "writer_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <string>
#include <utility>

#include "akin/base/error.h"

namespace akin::store {
namespace {

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  const std::size_t n = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return {text.data(), n};
}

/// "process 4711 since 2024-05-01 12:00:00 UTC", as the holder wrote it.
std::string read_holder(int fd) {
  std::array<char, 128> text{};
  const ssize_t n = ::pread(fd, text.data(), text.size(), 0);
  std::string holder(text.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
  holder = holder.substr(0, holder.find('\n'));
  return holder.empty() ? "another process" : holder;
}

}  // namespace

WriterLock::WriterLock(const std::filesystem::path& file) {
  fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd_ < 0) throw_errno(file.string(), "open the writer's lock");
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    const int reason = errno;
    const std::string holder = read_holder(fd_);
    ::close(std::exchange(fd_, -1));
    errno = reason;
    if (reason != EWOULDBLOCK) throw_errno(file.string(), "lock it");
    throw Error(ErrorCode::busy, file.parent_path().string() + ": the collection is being written by " + holder +
                                     "; wait until it has finished, reading is possible meanwhile");
  }
  // Who holds it is a help for people: a disk too full to note it must not stop work that may free space.
  const std::string holder = "process " + std::to_string(::getpid()) + " since " + utc_now() + "\n";
  if (::ftruncate(fd_, 0) != 0 || ::pwrite(fd_, holder.data(), holder.size(), 0) < 0) return;
}

WriterLock::~WriterLock() {
  if (fd_ >= 0) ::close(fd_);
}

WriterLock::WriterLock(WriterLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

WriterLock& WriterLock::operator=(WriterLock&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

}  // namespace akin::store
