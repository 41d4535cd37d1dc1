// Files read and chunked while the vectors of those before them are made: one thread goes ahead through the queue, beside the pool, and
// whoever must wait for it reads too, on all threads. What is read and not yet used is bounded in bytes, and files come out in the order in
// which they went in, whatever the threads. Tested by read_ahead_test.cc.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>

#include "akin/base/background.h"
#include "akin/base/context.h"
#include "index_plan.h"
#include "prepare.h"

namespace akin::retrieval {

struct ReadAheadLimits {
  std::size_t max_files = 1024;
  /// Of what was read and the file that next() gave last: a file counts with its size while it is read, then with its texts and pixels.
  /// One that is larger by itself is read when there is nothing else.
  std::size_t max_bytes = std::size_t{8} << 20;
};

class ReadAhead {
 public:
  using Read = std::function<PreparedFile(const IndexJob& job)>;

  /// `read` is called from several threads, for each job once.
  ReadAhead(std::deque<IndexJob> jobs, Read read, const ReadAheadLimits& limits, Context& context);
  /// Waits for the files that are being read; no other is begun.
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  /// The next file; nothing after the last one. The one before is taken as used up. Throws what `read` threw for this file,
  /// Error{cancelled}. One thread may call it.
  std::optional<PreparedFile> next();

 private:
  struct Slot {
    std::size_t n_bytes = 0;
    std::optional<PreparedFile> file;
    std::exception_ptr error;
    [[nodiscard]] bool is_done() const noexcept { return file || error; }
  };
  using Lock = std::unique_lock<std::mutex>;

  void go_ahead();                               // the thread's work
  void help();                                   // reads as long as there is room
  void read_one(Lock& lock);                     // of which there is at least one
  [[nodiscard]] bool has_room() const noexcept;  // for the next job
  [[nodiscard]] bool may_read() const noexcept { return !jobs_.empty() && !stop_ && !context_.cancel.cancelled() && has_room(); }

  const Read read_;
  const ReadAheadLimits limits_;
  Context& context_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<IndexJob> jobs_;  // not yet begun
  std::deque<Slot> slots_;     // begun or read
  std::size_t n_bytes_ = 0;    // of slots_ and of the file given last
  std::size_t n_given_ = 0;    // bytes of that
  bool stop_ = false;

  Background thread_;  // last: it ends before what it works on
};

}  // namespace akin::retrieval
