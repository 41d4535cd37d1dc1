#include "akin/base/pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace akin {

void populate(std::span<std::byte> memory) noexcept {
#ifdef MADV_POPULATE_WRITE
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(memory.data());
  const std::uintptr_t first = (begin + page - 1) / page * page, last = (begin + memory.size()) / page * page;
  if (first < last) ::madvise(memory.data() + (first - begin), last - first, MADV_POPULATE_WRITE);
#else
  static_cast<void>(memory);
#endif
}

}  // namespace akin
