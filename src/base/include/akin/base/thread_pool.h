// The one thread pool. Work is cut by its size, never by the number of threads, and partial results are combined in a fixed order, so
// that any number of threads gives the same bits. Tested by thread_pool_test.cc.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "akin/base/error.h"

namespace akin {

/// Set by whoever wants the work to stop; asked between pieces of work. Safe to set from a signal handler.
class CancelToken {
 public:
  void cancel() noexcept { flag_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool cancelled() const noexcept { return flag_.load(std::memory_order_relaxed); }
  /// Throws Error{cancelled} if cancel() was called.
  void check() const;

 private:
  std::atomic<bool> flag_{false};
};

class ThreadPool {
 public:
  /// `n_threads` includes the calling thread; 0 means every CPU this process may use. Throws Error{invalid_argument} if negative or > 1024.
  explicit ThreadPool(int n_threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] int n_threads() const noexcept;

  using Body = std::function<void(std::size_t begin, std::size_t end)>;
  /// Calls body(begin, end) for [0, n) cut in pieces of `grain` (the last may be shorter), on all threads; returns when all are done.
  /// Called from inside a piece it runs in that thread, in order (a call of a single piece leaves the pool free: what it calls in turn may
  /// use all threads). The exception of the lowest failing piece is thrown again; pieces not
  /// yet begun are then left out. With `cancel`, throws Error{cancelled} once it is set. grain > 0.
  void parallel_for(std::size_t n, std::size_t grain, const Body& body, const CancelToken* cancel = nullptr);

  /// map(begin, end) for pieces of `grain`, then combine(total, piece) in the order of the pieces.
  template <class T, class Map, class Combine>
  T parallel_reduce(std::size_t n, std::size_t grain, T total, Map&& map, Combine&& combine, const CancelToken* cancel = nullptr) {
    require(grain > 0, "parallel_reduce: the grain must be positive");
    std::vector<T> pieces(n / grain + (n % grain != 0 ? 1 : 0));
    parallel_for(
        n, grain, [&](std::size_t begin, std::size_t end) { pieces[begin / grain] = map(begin, end); }, cancel);
    for (T& piece : pieces) total = combine(std::move(total), std::move(piece));
    return total;
  }

  /// 0 … n_threads − 1 inside a piece of work of this or another pool (0 outside): the index of per-thread scratch.
  [[nodiscard]] static int current_worker() noexcept;

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

}  // namespace akin
