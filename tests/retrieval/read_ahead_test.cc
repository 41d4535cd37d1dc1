#include "read_ahead.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <semaphore>
#include <thread>

#include "akin/base/error.h"
#include "temporary_files.h"

namespace akin::retrieval {
namespace {

using Paths = std::vector<std::string>;

std::deque<IndexJob> jobs_of(const std::vector<std::size_t>& sizes) {
  std::deque<IndexJob> jobs;
  for (std::size_t i = 0; i < sizes.size(); ++i) jobs.push_back({{std::to_string(i), sizes[i], 0}, std::nullopt, true});
  return jobs;
}

/// A file whose text is as long as the file.
PreparedFile file_of(const IndexJob& job) {
  PreparedFile file;
  file.source.path = job.file.path;
  file.documents.resize(1);
  file.documents[0].embedded.emplace_back(job.file.size, 'x');
  return file;
}

/// Asks for what another thread does in its own time. Long enough for any machine; a test that waits so long has failed.
bool comes(std::counting_semaphore<>& signal) { return signal.try_acquire_for(std::chrono::minutes(1)); }

TEST(ReadAhead, GivesFilesInTheirOrderOnAnyNumberOfThreads) {
  for (const int n_threads : {1, 2, 5}) {
    Context context(n_threads);
    Paths expected, found;
    for (int i = 0; i < 500; ++i) expected.push_back(std::to_string(i));
    const auto read = [](const IndexJob& job) {
      for (std::size_t turn = 0; turn < job.file.size; ++turn) std::this_thread::yield();  // some take longer than others
      return file_of(job);
    };
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i < 500; ++i) sizes.push_back(i * 7 % 31);
    ReadAhead reading(jobs_of(sizes), read, {.max_files = 16, .max_bytes = 200}, context);
    while (const std::optional<PreparedFile> file = reading.next()) found.push_back(file->source.path);
    EXPECT_EQ(found, expected) << n_threads << " threads";
    EXPECT_FALSE(reading.next());
  }
}

TEST(ReadAhead, ReadsOnWhileAFileIsUsed) {
  Context context(1);
  std::counting_semaphore<> read_files(0);
  const auto read = [&](const IndexJob& job) {
    read_files.release();
    return file_of(job);
  };
  ReadAhead reading(jobs_of({1, 1, 1, 1}), read, {}, context);
  ASSERT_TRUE(reading.next());
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(comes(read_files)) << "without another call of next()";
}

TEST(ReadAhead, HoldsNoMoreThanItMayAndALargerFileAlone) {
  for (const int n_threads : {1, 4}) {
    Context context(n_threads);
    constexpr std::size_t kMost = 100;
    std::atomic<std::size_t> held{0}, most{0}, beside_the_large{0};
    const auto read = [&](const IndexJob& job) {
      const std::size_t now = held.fetch_add(job.file.size) + job.file.size;
      if (job.file.size > kMost) {
        beside_the_large = now - job.file.size;
      } else {
        for (std::size_t seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
        }
      }
      return file_of(job);
    };
    std::vector<std::size_t> sizes(200, 9);
    sizes[120] = 5000;
    ReadAhead reading(jobs_of(sizes), read, {.max_files = 1000, .max_bytes = kMost}, context);
    // What is given counts until the next file is asked for: taken off just before, so that no reader can have begun on its room.
    std::size_t last = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      held -= last;
      const std::optional<PreparedFile> file = reading.next();
      ASSERT_TRUE(file);
      last = file->documents[0].embedded[0].size();
      EXPECT_EQ(last, sizes[i]);
    }
    EXPECT_LE(most, kMost);
    EXPECT_EQ(beside_the_large, 0U);
  }
}

TEST(ReadAhead, HoldsNoMoreFilesThanItMay) {
  Context context(3);
  std::atomic<int> n_read{0}, n_taken{0}, most{0};
  const auto read = [&](const IndexJob& job) {
    const int now = ++n_read - n_taken;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    return file_of(job);
  };
  ReadAhead reading(jobs_of(std::vector<std::size_t>(100, 0)), read, {.max_files = 8}, context);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(reading.next());
    ++n_taken;
  }
  EXPECT_LE(most, 8 + 1) << "one more may be begun between next() and this test's count";
}

TEST(ReadAhead, ThrowsWhatReadingThrewInPlaceOfThatFile) {
  Context context(2);
  const auto read = [](const IndexJob& job) {
    if (job.file.path == "2") throw Error(ErrorCode::io, "no memory for 2");
    return file_of(job);
  };
  ReadAhead reading(jobs_of({1, 1, 1, 1}), read, {}, context);
  EXPECT_EQ(reading.next()->source.path, "0");
  EXPECT_EQ(reading.next()->source.path, "1");
  EXPECT_STREQ(error_of([&] { reading.next(); }).what(), "no memory for 2");
  EXPECT_EQ(reading.next()->source.path, "3");
}

TEST(ReadAhead, EndsAtTheCancelOfItsContextAndReadsNoMore) {
  Context context(2);
  std::atomic<int> n_read{0};
  const auto read = [&](const IndexJob& job) {
    if (++n_read == 3) context.cancel.cancel();
    return file_of(job);
  };
  ReadAhead reading(jobs_of(std::vector<std::size_t>(1000, 1)), read, {}, context);
  const Error error = error_of([&] {
    while (reading.next()) {
    }
  });
  EXPECT_EQ(error.code(), ErrorCode::cancelled);
  EXPECT_LE(n_read, 3 + 2) << "what the other threads had begun";
}

TEST(ReadAhead, LeavesUnreadWhatNobodyAsksForAnyMore) {
  Context context(1);
  std::counting_semaphore<> begun(0), go_on(0);
  std::atomic<int> n_read{0};
  const auto read = [&](const IndexJob& job) {
    ++n_read;
    begun.release();
    go_on.acquire();
    return file_of(job);
  };
  {
    ReadAhead reading(jobs_of(std::vector<std::size_t>(100, 60)), read, {.max_files = 1}, context);
    ASSERT_TRUE(comes(begun));
    go_on.release();
  }
  EXPECT_EQ(n_read, 1);
}

TEST(ReadAhead, GivesNothingForNothing) {
  Context context(2);
  ReadAhead reading({}, file_of, {}, context);
  EXPECT_FALSE(reading.next());
}

}  // namespace
}  // namespace akin::retrieval
