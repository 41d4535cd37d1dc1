#include "akin/base/pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace akin {
namespace {

/// madvise() of the whole pages within `memory`.
void advise(std::span<std::byte> memory, int advice) noexcept {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(memory.data());
  const std::uintptr_t first = (begin + page - 1) / page * page, last = (begin + memory.size()) / page * page;
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

}  // namespace akin
