#include "akin/base/io_hook.h"

#include <atomic>

namespace akin {
namespace {
std::atomic<IoHook> current_hook{nullptr};
}

void set_io_hook(IoHook hook) noexcept { current_hook.store(hook, std::memory_order_relaxed); }

int before_io(const IoEvent& event) noexcept {
  const IoHook hook = current_hook.load(std::memory_order_relaxed);
  return hook == nullptr ? 0 : hook(event);
}

}  // namespace akin
