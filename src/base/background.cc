#include "akin/base/background.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace akin {

struct Background::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::function<void()> work;  // empty: nothing is under way
  std::exception_ptr error;
  bool ending = false;
  std::thread thread;

  void loop() {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [this] { return ending || work; });
      if (!work) return;
      lock.unlock();
      std::exception_ptr failure;
      try {
        work();
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      error = failure;
      work = nullptr;
      changed.notify_all();
    }
  }
};

Background::Background() noexcept = default;

Background::~Background() {
  if (!shared_) return;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->ending = true;
  }
  shared_->changed.notify_all();
  shared_->thread.join();
}

void Background::run(std::function<void()> work) {
  wait();
  if (!shared_) {
    shared_ = std::make_unique<Shared>();
    shared_->thread = std::thread([shared = shared_.get()] { shared->loop(); });
  }
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->work = std::move(work);
  }
  shared_->changed.notify_all();
}

void Background::wait() {
  if (!shared_) return;
  std::unique_lock lock(shared_->mutex);
  shared_->changed.wait(lock, [this] { return !shared_->work; });
  if (shared_->error) std::rethrow_exception(std::exchange(shared_->error, nullptr));
}

}  // namespace akin
