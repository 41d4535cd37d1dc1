#include "akin/base/crew.h"

#include <thread>
#include <utility>

#include "akin/base/error.h"

namespace akin {
namespace {

constexpr std::uint64_t kPieceMask = 0xFFFF;

std::uint64_t pieces_of(std::uint64_t offer) { return offer >> 16 & kPieceMask; }
std::uint64_t taken_of(std::uint64_t offer) { return offer & kPieceMask; }

/// Waits a little; now and then lets another thread have the CPU, for where there are more threads than CPUs.
class Spin {
 public:
  void wait() {
    if (++turns_ % kTurnsBeforeYield == 0) return std::this_thread::yield();
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
  }

 private:
  static constexpr unsigned kTurnsBeforeYield = 1024;  // of about 40 cycles: some ten microseconds
  unsigned turns_ = 0;
};

}  // namespace

bool Crew::take_one() {
  std::uint64_t offer = offer_.load(std::memory_order_acquire);
  if (taken_of(offer) >= pieces_of(offer)) return false;
  // Taken only if the round is still the one read: then its pieces are not all done, and `piece_` stays.
  if (!offer_.compare_exchange_weak(offer, offer + 1, std::memory_order_acq_rel)) return true;
  try {
    (*piece_.load(std::memory_order_acquire))(static_cast<std::size_t>(taken_of(offer)));
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::current_exception();
  }
  done_.fetch_add(1, std::memory_order_acq_rel);
  return true;
}

void Crew::help() {
  for (Spin spin; !over_.load(std::memory_order_acquire);) {
    if (!take_one()) spin.wait();
  }
}

void Crew::join(const std::function<void()>& lead) {
  if (led_.exchange(true)) return help();
  struct Over {
    std::atomic<bool>& flag;
    ~Over() { flag.store(true, std::memory_order_release); }
  } const over{over_};
  lead();
}

void Crew::run(std::size_t n_pieces, const Piece& piece) {
  require(n_pieces <= kPieceMask, "a crew shares at most 65,535 pieces at once");
  done_.store(0, std::memory_order_relaxed);
  piece_.store(&piece, std::memory_order_relaxed);
  const std::uint64_t round = (offer_.load(std::memory_order_relaxed) >> 32) + 1;
  offer_.store(round << 32 | static_cast<std::uint64_t>(n_pieces) << 16, std::memory_order_release);
  while (take_one()) {
  }
  for (Spin spin; done_.load(std::memory_order_acquire) < n_pieces;) spin.wait();
  if (const std::exception_ptr error = std::exchange(error_, nullptr)) std::rethrow_exception(error);
}

}  // namespace akin
