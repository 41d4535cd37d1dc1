#include "akin/base/pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "akin/base/error.h"

namespace akin {
namespace {

/// What a large page has on the systems that matter; where it is another size, large pages are used less well, nothing else.
constexpr std::size_t kLargePage = std::size_t{2} << 20;

std::size_t round_up(std::size_t n, std::size_t step) { return (n + step - 1) / step * step; }

/// madvise() of the whole pages within `memory`.
void advise(std::span<std::byte> memory, int advice) noexcept {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(memory.data());
  const std::uintptr_t first = round_up(begin, page), last = (begin + memory.size()) / page * page;
  if (first < last) ::madvise(memory.data() + (first - begin), last - first, advice);
}

}  // namespace

void populate(std::span<std::byte> memory) noexcept {
#ifdef MADV_POPULATE_WRITE
  advise(memory, MADV_POPULATE_WRITE);
#else
  static_cast<void>(memory);
#endif
}

void prefer_large_pages(std::span<std::byte> memory) noexcept {
#ifdef MADV_HUGEPAGE
  advise(memory, MADV_HUGEPAGE);
#else
  static_cast<void>(memory);
#endif
}

void forget(std::span<const std::byte> part) noexcept { advise({const_cast<std::byte*>(part.data()), part.size()}, MADV_DONTNEED); }

PageBuffer::PageBuffer(std::size_t size) : size_(size) {
  if (size == 0) return;
  // A last large page is taken if three quarters of it are used.
  const std::size_t rest = size % kLargePage, large = size - rest + (rest >= kLargePage / 4 * 3 ? kLargePage : 0);
  const std::size_t wanted = std::max(round_up(size, static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))), large);
  const std::size_t slack = large == 0 ? 0 : kLargePage;  // to begin where a large page may
  void* address = ::mmap(nullptr, wanted + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) throw Error(ErrorCode::limit, "not enough memory for a buffer of " + std::to_string(size) + " bytes");
  mapped_ = {static_cast<std::byte*>(address), wanted + slack};
  const auto begin = reinterpret_cast<std::uintptr_t>(address);
  data_ = mapped_.data() + (slack == 0 ? 0 : round_up(begin, kLargePage) - begin);
  prefer_large_pages({data_, large});
  populate({data_, wanted});
}

PageBuffer& PageBuffer::operator=(PageBuffer&& other) noexcept {
  std::swap(mapped_, other.mapped_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

PageBuffer::~PageBuffer() {
  if (!mapped_.empty()) ::munmap(mapped_.data(), mapped_.size());
}

}  // namespace akin
