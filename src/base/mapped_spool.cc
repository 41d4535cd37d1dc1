#include "akin/base/mapped_spool.h"

#include <sys/mman.h>
#include <unistd.h>

#include "akin/base/error.h"
#include "unnamed_file.h"
#include "write_all.h"

namespace akin {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 16;

}  // namespace

MappedSpool::MappedSpool(const std::filesystem::path& target) : target_(target), fd_(open_unnamed_file(target)) {}

MappedSpool::~MappedSpool() {
  if (!mapped_.empty()) ::munmap(mapped_.data(), mapped_.size());
  ::close(fd_);
}

void MappedSpool::write(std::span<const std::byte> bytes) {
  AKIN_DCHECK(mapped_.empty());
  buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  written_ += bytes.size();
  if (buffer_.size() >= kBufferBytes) flush();
}

void MappedSpool::flush() {
  write_all(fd_, buffer_.data(), buffer_.size(), target_, "write what is needed to make it");
  buffer_.clear();
}

void MappedSpool::finish() {
  flush();
  if (written_ == 0) return;
  void* at = ::mmap(nullptr, written_, PROT_READ, MAP_SHARED, fd_, 0);
  if (at == MAP_FAILED) throw_errno(target_.string(), "map what is needed to make it");
  mapped_ = {static_cast<std::byte*>(at), written_};
}

void MappedSpool::forget(std::span<const std::byte> part) const noexcept {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto first = static_cast<std::size_t>(part.data() - mapped_.data());
  const std::size_t begin = (first + page - 1) / page * page, end = (first + part.size()) / page * page;
  if (begin < end) ::madvise(mapped_.data() + begin, end - begin, MADV_DONTNEED);
}

}  // namespace akin
