#include "akin/base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/throws.h"

namespace akin {
namespace {

using testing::expect_error;

class EveryThreadCount : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Threads, EveryThreadCount, ::testing::Values(1, 2, 3, 8));

TEST_P(EveryThreadCount, EachIndexIsVisitedOnceInPiecesOfTheGrain) {
  ThreadPool pool(GetParam());
  for (const std::size_t n : {0U, 1U, 2U, 7U, 64U, 1000U}) {
    for (const std::size_t grain : {1U, 2U, 3U, 64U, 5000U}) {
      std::vector<std::atomic<int>> visits(n);
      std::atomic<int> bad_pieces{0};
      pool.parallel_for(n, grain, [&](std::size_t begin, std::size_t end) {
        if (begin % grain != 0 || (end != n && end - begin != grain) || begin >= end) ++bad_pieces;
        for (std::size_t i = begin; i < end; ++i) ++visits[i];
      });
      EXPECT_EQ(bad_pieces, 0);
      for (const auto& visit : visits) ASSERT_EQ(visit, 1) << n << " by " << grain;
    }
  }
}

TEST_P(EveryThreadCount, ThousandsOfShortCallsLoseNothing) {
  ThreadPool pool(GetParam());
  std::atomic<std::size_t> sum{0};
  for (int round = 0; round < 3000; ++round) pool.parallel_for(4, 1, [&](std::size_t begin, std::size_t) { sum += begin; });
  EXPECT_EQ(sum, 3000U * 6U);
}

TEST_P(EveryThreadCount, TheExceptionOfTheLowestFailingPieceIsThrownAgain) {
  ThreadPool pool(GetParam());
  for (int round = 0; round < 200; ++round) {
    try {
      pool.parallel_for(100, 1, [](std::size_t begin, std::size_t) {
        if (begin >= 10) throw std::runtime_error(std::to_string(begin));
      });
      FAIL() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      ASSERT_STREQ(error.what(), "10");
    }
  }
}

TEST_P(EveryThreadCount, PiecesNotYetBegunAreLeftOutAfterAFailureAndThePoolWorksOn) {
  ThreadPool pool(GetParam());
  std::atomic<std::size_t> begun{0};
  EXPECT_THROW(pool.parallel_for(1000000, 1,
                                 [&](std::size_t, std::size_t) {
                                   ++begun;
                                   throw std::runtime_error("stop");
                                 }),
               std::runtime_error);
  EXPECT_LE(begun, static_cast<std::size_t>(GetParam()));
  std::atomic<int> done{0};
  pool.parallel_for(10, 1, [&](std::size_t, std::size_t) { ++done; });
  EXPECT_EQ(done, 10);
}

TEST_P(EveryThreadCount, AReductionHasTheSameBitsAsOnOneThread) {
  const auto harmonic = [](ThreadPool& pool) {
    return pool.parallel_reduce(
        100000, 777, 0.0F,
        [](std::size_t begin, std::size_t end) {
          float sum = 0;
          for (std::size_t i = begin; i < end; ++i) sum += 1.0F / static_cast<float>(i + 1);
          return sum;
        },
        [](float a, float b) { return a + b; });
  };
  ThreadPool one(1);
  ThreadPool pool(GetParam());
  const float wanted = harmonic(one);
  EXPECT_NEAR(wanted, 12.0901F, 1e-3F);  // H(100000); float addition in blocks loses about 1e-5
  for (int round = 0; round < 20; ++round) ASSERT_EQ(harmonic(pool), wanted);
}

TEST_P(EveryThreadCount, AReductionCombinesInTheOrderOfThePieces) {
  ThreadPool pool(GetParam());
  const auto text = pool.parallel_reduce(
      10, 3, std::string("pieces"),
      [](std::size_t begin, std::size_t end) { return " " + std::to_string(begin) + "-" + std::to_string(end); }, std::plus<>());
  EXPECT_EQ(text, "pieces 0-3 3-6 6-9 9-10");
  EXPECT_EQ(pool.parallel_reduce(
                0, 3, 5, [](std::size_t, std::size_t) { return 1; }, std::plus<>()),
            5);
}

TEST_P(EveryThreadCount, ANestedCallRunsInItsThreadInOrder) {
  ThreadPool pool(GetParam());
  std::atomic<int> out_of_order{0};
  std::atomic<int> elsewhere{0};
  std::atomic<int> visits{0};
  pool.parallel_for(8, 1, [&](std::size_t, std::size_t) {
    const auto self = std::this_thread::get_id();
    std::size_t next = 0;
    pool.parallel_for(50, 7, [&](std::size_t begin, std::size_t end) {
      if (begin != next) ++out_of_order;
      if (std::this_thread::get_id() != self) ++elsewhere;
      next = end;
      visits += static_cast<int>(end - begin);
    });
  });
  EXPECT_EQ(visits, 8 * 50);
  EXPECT_EQ(out_of_order, 0);
  EXPECT_EQ(elsewhere, 0);
}

TEST_P(EveryThreadCount, AnExceptionInsideANestedCallReachesTheOutside) {
  ThreadPool pool(GetParam());
  EXPECT_THROW(pool.parallel_for(8, 1,
                                 [&](std::size_t, std::size_t) {
                                   pool.parallel_for(5, 1, [](std::size_t, std::size_t) { throw std::out_of_range("inner"); });
                                 }),
               std::out_of_range);
}

TEST_P(EveryThreadCount, WorkersAreNumberedFromZero) {
  ThreadPool pool(GetParam());
  EXPECT_EQ(ThreadPool::current_worker(), 0);
  std::mutex mutex;
  std::set<int> workers;
  pool.parallel_for(1000, 1, [&](std::size_t, std::size_t) {
    const std::lock_guard lock(mutex);
    workers.insert(ThreadPool::current_worker());
  });
  EXPECT_GE(*workers.begin(), 0);
  EXPECT_LT(*workers.rbegin(), GetParam());
  EXPECT_EQ(ThreadPool::current_worker(), 0);
}

TEST_P(EveryThreadCount, CancelStopsBetweenPieces) {
  ThreadPool pool(GetParam());
  CancelToken cancel;
  std::atomic<std::size_t> begun{0};
  expect_error(ErrorCode::cancelled, "cancelled", [&] {
    pool.parallel_for(
        1000000, 1,
        [&](std::size_t, std::size_t) {
          ++begun;
          cancel.cancel();
        },
        &cancel);
  });
  EXPECT_GE(begun, 1U);
  EXPECT_LE(begun, static_cast<std::size_t>(GetParam()));
}

TEST_P(EveryThreadCount, CancelInTheLastPieceIsStillReported) {
  ThreadPool pool(GetParam());
  CancelToken cancel;
  expect_error(ErrorCode::cancelled, "cancelled", [&] {
    pool.parallel_for(
        4, 1,
        [&](std::size_t begin, std::size_t) {
          if (begin == 3) cancel.cancel();
        },
        &cancel);
  });
}

TEST_P(EveryThreadCount, WorkThatIsCancelledBeforeItStartsIsNotBegun) {
  ThreadPool pool(GetParam());
  CancelToken cancel;
  cancel.cancel();
  std::atomic<int> begun{0};
  expect_error(ErrorCode::cancelled, "cancelled", [&] {
    pool.parallel_for(
        10, 1, [&](std::size_t, std::size_t) { ++begun; }, &cancel);
  });
  EXPECT_EQ(begun, 0);
}

TEST_P(EveryThreadCount, TheLargestGrainIsOnePiece) {
  ThreadPool pool(GetParam());
  const std::size_t most = std::numeric_limits<std::size_t>::max();
  const auto sum = pool.parallel_reduce(
      5, most, std::size_t{0}, [](std::size_t begin, std::size_t end) { return end - begin; }, std::plus<>());
  EXPECT_EQ(sum, 5U);
}

TEST(ThreadPool, AGrainOfZeroIsRefused) {
  ThreadPool pool(2);
  expect_error(ErrorCode::invalid_argument, "grain", [&] { pool.parallel_for(5, 0, [](std::size_t, std::size_t) {}); });
  expect_error(ErrorCode::invalid_argument, "grain", [&] {
    pool.parallel_reduce(
        5, 0, 0, [](std::size_t, std::size_t) { return 1; }, std::plus<>());
  });
}

TEST(ThreadPool, ManyCallersShareThePoolInTurn) {
  ThreadPool pool(3);
  std::atomic<int> visits{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round) pool.parallel_for(10, 1, [&](std::size_t, std::size_t) { ++visits; });
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(visits, 4 * 200 * 10);
}

TEST(ThreadPool, AnotherThreadsPiecesAreSeenByTheCallerAfterwards) {
  ThreadPool pool(8);
  for (int round = 0; round < 200; ++round) {
    std::vector<int> plain(64, 0);  // not atomic: the pool's own hand-over has to order the writes
    pool.parallel_for(64, 1, [&](std::size_t begin, std::size_t) { plain[begin] = round + 1; });
    for (const int value : plain) ASSERT_EQ(value, round + 1);
  }
}

TEST(ThreadPool, ZeroThreadsMeansEveryCpuAndNonsenseIsRefused) {
  EXPECT_GE(ThreadPool(0).n_threads(), 1);
  EXPECT_EQ(ThreadPool(5).n_threads(), 5);
  expect_error(ErrorCode::invalid_argument, "number of threads", [] { ThreadPool pool(-1); });
  expect_error(ErrorCode::invalid_argument, "number of threads", [] { ThreadPool pool(1025); });
}

TEST(CancelToken, ChecksOnlyAfterCancel) {
  CancelToken cancel;
  EXPECT_FALSE(cancel.cancelled());
  EXPECT_NO_THROW(cancel.check());
  cancel.cancel();
  EXPECT_TRUE(cancel.cancelled());
  expect_error(ErrorCode::cancelled, "cancelled", [&] { cancel.check(); });
}

}  // namespace
}  // namespace akin
