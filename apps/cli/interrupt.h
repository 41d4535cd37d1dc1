// Ctrl-C and SIGTERM: the first asks the work to stop at the next safe point, the second ends the process at once.
#pragma once

#include "akin/base/thread_pool.h"

namespace akin::cli {

/// While it lives, SIGINT and SIGTERM cancel `token`.
class InterruptScope {
 public:
  explicit InterruptScope(CancelToken& token);
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;
};

/// The signal that came, 0 if none.
int interrupt_signal() noexcept;

}  // namespace akin::cli
