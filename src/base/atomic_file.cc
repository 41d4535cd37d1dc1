#include "akin/base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "akin/base/error.h"
#include "akin/base/io_hook.h"
#include "akin/base/rng.h"
#include "write_all.h"

namespace akin {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

std::filesystem::path folder_of(const std::filesystem::path& target) {
  const auto parent = target.parent_path();
  return parent.empty() ? std::filesystem::path(".") : parent;
}

/// Throws Error{io} as the hook wants, naming the target.
void ask_hook(const IoEvent& event, const std::filesystem::path& target, std::string_view action) {
  if (const int error = before_io(event); error != 0) {
    errno = error;
    throw_errno(target.string(), action);
  }
}

void sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;  // a file system without folder handles: the rename is all that can be had
  if (before_io({IoCall::sync, folder.native(), fd, nullptr, 0, 0}) == 0) ::fsync(fd);
  ::close(fd);
}

/// The file that is meant: through symbolic links, which stay. A device or folder is never replaced.
std::filesystem::path resolved(const std::filesystem::path& target) {
  std::error_code ignored;
  std::filesystem::path real = target;
  if (std::filesystem::is_symlink(target, ignored)) {
    real = std::filesystem::weakly_canonical(target, ignored);
    if (real.empty()) real = target;
  }
  const auto status = std::filesystem::status(real, ignored);
  if (std::filesystem::is_directory(status)) throw Error(ErrorCode::io, target.string() + ": a file is wanted, this is a folder");
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    throw Error(ErrorCode::io, target.string() + ": a regular file is wanted, this is a device, pipe or socket");
  return real;
}

/// Creates a new file beside `target`. Not mkstemp: the kernel shall apply the umask, which cannot be read without changing it.
int create_beside(const std::filesystem::path& target, std::filesystem::path& temporary) {
  static std::atomic<std::uint64_t> count{0};
  const auto now = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  Rng rng = Rng(now ^ (static_cast<std::uint64_t>(::getpid()) << 32)).fork(count.fetch_add(1));
  // A file name has at most 255 bytes in all; the suffix takes 18.
  const std::string stem = "." + target.filename().string().substr(0, 200) + ".";
  for (int attempt = 0;; ++attempt) {
    temporary = folder_of(target) / (stem + std::to_string(rng.below(std::uint64_t{1} << 50)));
    ask_hook({IoCall::truncate, temporary.native(), -1, nullptr, 0, 0}, target, "create it");
    const int fd = ::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST || attempt == 100) return fd;
  }
}

/// The new file may be used by whom the old one might.
void keep_permissions(int fd, const std::filesystem::path& old) {
  struct stat info {};
  if (::stat(old.c_str(), &info) == 0) ::fchmod(fd, info.st_mode & 07777);
}

}  // namespace

void write_all(int fd, const char* data, std::size_t size, const std::filesystem::path& target, std::string_view action) {
  while (size > 0) {
    const ssize_t n = ::write(fd, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno(target.string(), action);
    data += n;
    size -= static_cast<std::size_t>(n);
  }
}

AtomicFile::AtomicFile(const std::filesystem::path& target) : target_(resolved(target)) {
  std::filesystem::path temporary;
  fd_ = create_beside(target_, temporary);
  if (fd_ < 0) throw_errno(target.string(), "create it");
  temporary_ = std::move(temporary);
  keep_permissions(fd_, target_);
}

AtomicFile::~AtomicFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!temporary_.empty() && before_io({IoCall::remove, temporary_.native(), -1, nullptr, 0, 0}) == 0) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

void AtomicFile::write(std::string_view text) {
  check_open();
  if (buffer_.size() + text.size() > kBufferBytes) flush();
  if (text.size() > kBufferBytes) {
    write_through(text);
  } else {
    buffer_.append(text);
  }
  written_ += text.size();
}

void AtomicFile::write_at(std::size_t offset, std::span<const std::byte> bytes) {
  check_open();
  require(offset <= written_ && bytes.size() <= written_ - offset, "write_at: only bytes that were written before can be replaced");
  flush();
  failed_ = true;  // until it has gone well
  ask_hook({IoCall::write, temporary_.native(), fd_, bytes.data(), bytes.size(), offset}, target_, "write it");
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::pwrite(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno(target_.string(), "write it");
    done += static_cast<std::size_t>(n);
  }
  failed_ = false;
}

void AtomicFile::check_open() const {
  if (failed_) throw Error(ErrorCode::io, target_.string() + ": an earlier write failed, the file is incomplete");
  require(fd_ >= 0, "AtomicFile: nothing can be written after commit()");
}

void AtomicFile::write_through(std::string_view text) {
  if (text.empty()) return;
  failed_ = true;  // until it has gone well
  ask_hook({IoCall::write, temporary_.native(), fd_, text.data(), text.size(), in_file_}, target_, "write it");
  write_all(fd_, text.data(), text.size(), target_, "write it");
  in_file_ += text.size();
  failed_ = false;
}

void AtomicFile::flush() {
  write_through(buffer_);
  buffer_.clear();
}

void AtomicFile::commit() {
  check_open();
  flush();
  failed_ = true;
  ask_hook({IoCall::sync, temporary_.native(), fd_, nullptr, 0, 0}, target_, "sync it");
  if (::fsync(fd_) != 0) throw_errno(target_.string(), "sync it");
  if (::close(fd_) != 0) {
    fd_ = -1;
    throw_errno(target_.string(), "close it");
  }
  fd_ = -1;
  ask_hook({IoCall::rename, target_.native(), -1, nullptr, 0, 0}, target_, "put the new file in its place");
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) throw_errno(target_.string(), "put the new file in its place");
  temporary_.clear();
  failed_ = false;
  sync_folder(folder_of(target_));
}

}  // namespace akin
