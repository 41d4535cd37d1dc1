// Every write, sync, truncation, renaming and removal that a collection or an AtomicFile makes passes here first, so that tests can fail it
// (a full disk) or end the process at exactly that point (kill -9). Costs one relaxed load where no hook is set. Process-wide because
// SQLite's file layer is. Tested by io_hook_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace akin {

/// Creating a file is a truncation.
enum class IoCall { write, sync, truncate, rename, remove };

/// What is about to happen. `path`: of a renaming, the new one. `fd` is −1 for SQLite's own files.
struct IoEvent {
  IoCall call = IoCall::write;
  std::string_view path;
  int fd = -1;
  const void* data = nullptr;
  std::size_t size = 0;
  std::uint64_t offset = 0;
};

/// Returns 0 to let the call happen, else the errno it is to fail with.
using IoHook = int (*)(const IoEvent& event);

/// nullptr takes the hook away.
void set_io_hook(IoHook hook) noexcept;
/// 0, or the errno that the call must fail with.
int before_io(const IoEvent& event) noexcept;

}  // namespace akin
