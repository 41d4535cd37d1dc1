// One thread beside the caller's, for work that waits more than it computes (writing to disk) while the caller goes on. One piece of work at
// a time; its exception comes out where it is waited for. Tested by background_test.cc.
#pragma once

#include <functional>
#include <memory>

namespace akin {

class Background {
 public:
  Background() noexcept;
  /// Waits for what is under way; an exception of it that nobody has asked for is lost.
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  /// Waits for the piece before, throws what it threw, else begins this one and returns. The thread is made with the first piece.
  void run(std::function<void()> work);
  /// Waits until nothing is under way, and throws what the last piece threw (once).
  void wait();

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

}  // namespace akin
