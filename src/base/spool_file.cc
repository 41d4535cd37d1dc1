#include "akin/base/spool_file.h"

#include <unistd.h>

#include <cerrno>

#include "akin/base/error.h"
#include "unnamed_file.h"
#include "write_all.h"

namespace akin {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 16;

}  // namespace

SpoolFile::SpoolFile(const std::filesystem::path& target, std::string_view content)
    : target_(target), content_(content), fd_(open_unnamed_file(target)) {}

SpoolFile::~SpoolFile() {
  if (fd_ >= 0) ::close(fd_);
}

void SpoolFile::write(std::span<const std::byte> bytes) {
  buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  written_ += bytes.size();
  if (buffer_.size() >= kBufferBytes) flush();
}

void SpoolFile::flush() {
  write_all(fd_, buffer_.data(), buffer_.size(), target_, "write " + std::string(content_));
  buffer_.clear();
}

void SpoolFile::copy_to(AtomicFile& file) {
  flush();
  std::string block(kBufferBytes, '\0');
  for (std::size_t done = 0; done < written_;) {
    const ssize_t n = ::pread(fd_, block.data(), block.size(), static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno(target_.string(), "read " + std::string(content_));
    if (n == 0) throw Error(ErrorCode::io, target_.string() + ": what was written is not there any more");
    file.write(std::string_view(block.data(), static_cast<std::size_t>(n)));
    done += static_cast<std::size_t>(n);
  }
}

}  // namespace akin
