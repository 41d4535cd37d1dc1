#include "akin/base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/pages.h"

namespace akin {
namespace {

/// An open descriptor that closes itself.
struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

FileIdentity open_regular(const std::filesystem::path& path, Descriptor& out) {
  out.fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe without a writer is refused, not waited for
  if (out.fd < 0) throw_errno(path.string(), "open it for reading");
  struct stat info {};
  if (::fstat(out.fd, &info) != 0) throw_errno(path.string(), "read its size");
  if (S_ISDIR(info.st_mode)) throw Error(ErrorCode::io, path.string() + ": a file is wanted, this is a folder");
  if (!S_ISREG(info.st_mode)) throw Error(ErrorCode::io, path.string() + ": a regular file is wanted, this is a device, pipe or socket");
  return {info.st_dev, info.st_ino, static_cast<std::uint64_t>(info.st_size), nanoseconds(info.st_mtim), nanoseconds(info.st_ctim)};
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) : path_(path) {
  Descriptor file;
  identity_ = open_regular(path, file);
  size_ = identity_.size;
  if (size_ == 0) return;
  void* address = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file.fd, 0);
  if (address == MAP_FAILED) {
    size_ = 0;
    throw_errno(path.string(), "map it into memory");
  }
  data_ = static_cast<const std::byte*>(address);
}

MappedFile::~MappedFile() { release(); }

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      path_(std::move(other.path_)),
      identity_(other.identity_) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  if (this != &other) {
    release();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    path_ = std::move(other.path_);
    identity_ = other.identity_;
  }
  return *this;
}

void MappedFile::will_need() const noexcept {
  if (data_ != nullptr) ::madvise(const_cast<std::byte*>(data_), size_, MADV_WILLNEED);
}

void MappedFile::forget(std::span<const std::byte> part) const noexcept {
  const std::byte* begin = std::max(part.data(), data_, std::less<>());
  const std::byte* end = std::min(part.data() + part.size(), data_ + size_, std::less<>());
  if (data_ != nullptr && std::less<>()(begin, end)) akin::forget({begin, end});
}

void MappedFile::release() noexcept {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
  data_ = nullptr;
  size_ = 0;
}

std::string read_file(const std::filesystem::path& path, std::size_t max_bytes) {
  Descriptor file;
  const std::size_t expected = open_regular(path, file).size;
  const auto too_large = [&] {
    return Error(ErrorCode::limit, path.string() + ": larger than the bound of " + std::to_string(max_bytes) + " bytes");
  };
  if (expected > max_bytes) throw too_large();
  std::string text(expected, '\0');
  std::size_t got = 0;
  for (std::array<char, 4096> beyond;;) {
    // Past the expected end into a buffer of its own: a file that did not grow is not copied again.
    const bool past = got == text.size();
    const ssize_t n = past ? ::read(file.fd, beyond.data(), beyond.size()) : ::read(file.fd, text.data() + got, text.size() - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno(path.string(), "read it");
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
    if (got > max_bytes) throw too_large();
    if (past) text.append(beyond.data(), static_cast<std::size_t>(n));
  }
  text.resize(got);
  return text;
}

}  // namespace akin
