#include "akin/base/mapped_spool.h"

#include <sys/mman.h>

#include "akin/base/error.h"
#include "akin/base/pages.h"

namespace akin {

MappedSpool::MappedSpool(const std::filesystem::path& target) : file_(target, "what is needed to make it") {}

MappedSpool::~MappedSpool() {
  if (!mapped_.empty()) ::munmap(mapped_.data(), mapped_.size());
}

void MappedSpool::write(std::span<const std::byte> bytes) {
  AKIN_DCHECK(mapped_.empty());
  file_.write(bytes);
}

void MappedSpool::finish() {
  file_.flush();
  if (file_.size() == 0) return;
  void* at = ::mmap(nullptr, file_.size(), PROT_READ, MAP_SHARED, file_.fd_, 0);
  if (at == MAP_FAILED) throw_errno(file_.target_.string(), "map " + std::string(file_.content_));
  mapped_ = {static_cast<std::byte*>(at), file_.size()};
}

void MappedSpool::forget(std::span<const std::byte> part) const noexcept { akin::forget(part); }

}  // namespace akin
