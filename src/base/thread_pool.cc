#include "akin/base/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

#include "akin/base/error.h"

namespace akin {
namespace {

thread_local int t_worker = 0;
thread_local bool t_inside = false;

int usable_cpus() noexcept {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// One parallel_for under way.
struct Job {
  const ThreadPool::Body* body = nullptr;
  const CancelToken* cancel = nullptr;
  std::size_t n = 0;
  std::size_t grain = 1;
  std::size_t pieces = 0;
  std::atomic<std::size_t> next{0};  // the first piece not yet taken
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::exception_ptr error;
  std::size_t error_at = SIZE_MAX;

  void fail(std::size_t begin) {
    const std::lock_guard lock(mutex);
    stop = true;
    if (begin < error_at) {
      error_at = begin;
      error = std::current_exception();
    }
  }

  void work(int worker) {
    t_worker = worker;
    t_inside = true;
    for (;;) {
      if (stop.load(std::memory_order_relaxed) || (cancel != nullptr && cancel->cancelled())) break;
      const std::size_t piece = next.fetch_add(1);
      if (piece >= pieces) break;
      const std::size_t begin = piece * grain;
      try {
        (*body)(begin, begin + std::min(grain, n - begin));
      } catch (...) {
        fail(begin);
      }
    }
    t_inside = false;
    t_worker = 0;
  }
};

}  // namespace

void CancelToken::check() const {
  if (cancelled()) throw Error(ErrorCode::cancelled, "cancelled");
}

struct ThreadPool::Shared {
  int n_threads = 1;
  std::mutex callers;  // one parallel_for at a time uses the workers
  std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable idle;
  std::vector<std::thread> threads;
  Job* job = nullptr;
  std::uint64_t round = 0;
  int busy = 0;
  bool closing = false;

  void loop(int worker) {
    std::uint64_t seen = 0;
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [&] { return closing || (round != seen && job != nullptr); });
      if (closing) return;
      seen = round;
      Job* mine = job;
      ++busy;
      lock.unlock();
      mine->work(worker);
      lock.lock();
      if (--busy == 0) idle.notify_all();
    }
  }

  void start_threads() {
    try {
      while (static_cast<int>(threads.size()) + 1 < n_threads)
        threads.emplace_back(&Shared::loop, this, static_cast<int>(threads.size()) + 1);
    } catch (const std::system_error&) {
      return;  // the system gives no more threads: the same work on fewer
    }
  }

  void run(Job& work) {
    const std::lock_guard one(callers);
    {
      const std::lock_guard lock(mutex);
      start_threads();
      job = &work;
      ++round;
    }
    if (work.pieces == 2) {
      wake.notify_one();
    } else {
      wake.notify_all();
    }
    work.work(0);
    std::unique_lock lock(mutex);
    job = nullptr;  // a worker that wakes only now finds nothing to do
    idle.wait(lock, [&] { return busy == 0; });
  }
};

ThreadPool::ThreadPool(int n_threads) : shared_(std::make_unique<Shared>()) {
  require(n_threads >= 0 && n_threads <= 1024, "the number of threads must be 0 (all) to 1024");
  shared_->n_threads = n_threads == 0 ? usable_cpus() : n_threads;
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->closing = true;
  }
  shared_->wake.notify_all();
  for (auto& thread : shared_->threads) thread.join();
}

int ThreadPool::n_threads() const noexcept { return shared_->n_threads; }

int ThreadPool::current_worker() noexcept { return t_worker; }

void ThreadPool::parallel_for(std::size_t n, std::size_t grain, const Body& body, const CancelToken* cancel) {
  require(grain > 0, "parallel_for: the grain must be positive");
  if (n == 0) return;
  grain = std::min(grain, n);
  const std::size_t pieces = (n - 1) / grain + 1;
  if (t_inside || pieces == 1 || shared_->n_threads == 1) {
    for (std::size_t piece = 0; piece < pieces; ++piece) {
      if (cancel != nullptr) cancel->check();
      const std::size_t begin = piece * grain;
      body(begin, begin + std::min(grain, n - begin));
    }
    if (cancel != nullptr) cancel->check();
    return;
  }
  Job job;
  job.body = &body;
  job.cancel = cancel;
  job.n = n;
  job.grain = grain;
  job.pieces = pieces;
  shared_->run(job);
  if (job.error) std::rethrow_exception(job.error);
  if (cancel != nullptr) cancel->check();
}

}  // namespace akin
