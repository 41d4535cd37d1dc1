// Working memory that is lent and kept for the next who wants it. Tested by scratch_pool_test.cc.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace akin {

/// Scratch memory for any number of threads: taken from what others gave back, or made.
template <class Scratch>
class ScratchPool {
 public:
  ScratchPool() { free_.reserve(64); }

  class Lease {
   public:
    explicit Lease(ScratchPool& pool) : pool_(pool) {
      {
        const std::lock_guard lock(pool.mutex_);
        if (!pool.free_.empty()) {
          scratch_ = std::move(pool.free_.back());
          pool.free_.pop_back();
        }
      }
      if (!scratch_) scratch_ = std::make_unique<Scratch>();
    }
    ~Lease() {
      const std::lock_guard lock(pool_.mutex_);
      if (pool_.free_.size() < pool_.free_.capacity()) pool_.free_.push_back(std::move(scratch_));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    [[nodiscard]] Scratch& get() const noexcept { return *scratch_; }

   private:
    ScratchPool& pool_;
    std::unique_ptr<Scratch> scratch_;
  };

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Scratch>> free_;
};

}  // namespace akin
