#include "akin/base/atomic_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "akin/base/error.h"

namespace akin {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

std::filesystem::path folder_of(const std::filesystem::path& target) {
  const auto parent = target.parent_path();
  return parent.empty() ? std::filesystem::path(".") : parent;
}

void write_all(int fd, const char* data, std::size_t size, const std::filesystem::path& target) {
  while (size > 0) {
    const ssize_t n = ::write(fd, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno(target.string(), "write it");
    data += n;
    size -= static_cast<std::size_t>(n);
  }
}

void sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;  // a file system without folder handles: the rename is all that can be had
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

AtomicFile::AtomicFile(const std::filesystem::path& target) : target_(target) {
  std::string name = (folder_of(target) / ("." + target.filename().string() + ".XXXXXX")).string();
  fd_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd_ < 0) throw_errno(target.string(), "create it");
  temporary_ = name;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  ::fchmod(fd_, 0666 & ~mask);
}

AtomicFile::~AtomicFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

void AtomicFile::write(std::string_view text) {
  if (buffer_.size() + text.size() > kBufferBytes) flush();
  if (text.size() > kBufferBytes) {
    write_all(fd_, text.data(), text.size(), target_);
  } else {
    buffer_.append(text);
  }
  written_ += text.size();
}

void AtomicFile::write_at(std::size_t offset, std::span<const std::byte> bytes) {
  require(offset + bytes.size() <= written_, "write_at: only bytes that were written before can be replaced");
  flush();
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::pwrite(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno(target_.string(), "write it");
    done += static_cast<std::size_t>(n);
  }
}

void AtomicFile::flush() {
  write_all(fd_, buffer_.data(), buffer_.size(), target_);
  buffer_.clear();
}

void AtomicFile::commit() {
  flush();
  if (::fsync(fd_) != 0) throw_errno(target_.string(), "sync it");
  if (::close(fd_) != 0) {
    fd_ = -1;
    throw_errno(target_.string(), "close it");
  }
  fd_ = -1;
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) throw_errno(target_.string(), "put the new file in its place");
  temporary_.clear();
  sync_folder(folder_of(target_));
}

}  // namespace akin
