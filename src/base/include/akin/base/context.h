// What every long call is given, last: threads, seed, cancel, progress and log. Passed, never global.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "akin/base/log.h"
#include "akin/base/progress.h"
#include "akin/base/thread_pool.h"

namespace akin {

struct Context {
  explicit Context(int n_threads = 0, Progress::Report report = {}) : pool(n_threads), progress(std::move(report)) {}

  ThreadPool pool;
  std::uint64_t seed = 42;
  CancelToken cancel;
  Progress progress;
  LogSink log;

  void parallel_for(std::size_t n, std::size_t grain, const ThreadPool::Body& body) { pool.parallel_for(n, grain, body, &cancel); }
  void warn(std::string_view line) const {
    if (log) log(LogLevel::warning, line);
  }
  void info(std::string_view line) const {
    if (log) log(LogLevel::info, line);
  }
};

}  // namespace akin
