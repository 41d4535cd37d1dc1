#include "interrupt.h"

#include <atomic>
#include <csignal>

namespace akin::cli {
namespace {

std::atomic<CancelToken*> g_token{nullptr};
std::atomic<int> g_signal{0};

extern "C" void on_interrupt(int signal) {
  g_signal.store(signal, std::memory_order_relaxed);
  if (CancelToken* token = g_token.load(std::memory_order_relaxed)) token->cancel();
}

}  // namespace

InterruptScope::InterruptScope(CancelToken& token) {
  g_token.store(&token, std::memory_order_relaxed);
  struct sigaction action = {};
  action.sa_handler = on_interrupt;
  // Reset after the first, so that the second has its deadly default; no restart, so that a read from a terminal returns.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

InterruptScope::~InterruptScope() { g_token.store(nullptr, std::memory_order_relaxed); }

int interrupt_signal() noexcept { return g_signal.load(std::memory_order_relaxed); }

}  // namespace akin::cli
