#include "akin/base/crew.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <stdexcept>
#include <thread>
#include <vector>

#include "akin/base/error.h"

namespace akin {
namespace {

/// Runs `lead` on one of `n` threads, the others help.
void with_threads(int n, Crew& crew, const std::function<void()>& lead) {
  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i) threads.emplace_back([&] { crew.join(lead); });
  for (auto& thread : threads) thread.join();
}

TEST(Crew, RunsEveryPieceOfEveryRoundOnce) {
  for (const int n_threads : {1, 2, 4}) {
    Crew crew;
    std::vector<std::atomic<int>> seen(37);
    with_threads(n_threads, crew, [&] {
      for (std::size_t round = 0; round < 500; ++round) {
        const std::size_t n = 1 + round % seen.size();
        crew.run(n, [&](std::size_t i) { ++seen[i]; });
        for (std::size_t i = 0; i < n; ++i) {
          ASSERT_EQ(seen[i].exchange(0), 1) << "piece " << i << " of round " << round;
        }
      }
    });
  }
}

TEST(Crew, LetsARoundSeeWhatTheOneBeforeWrote) {
  Crew crew;
  std::vector<int> numbers(64, 0), next(64, 0);
  with_threads(2, crew, [&] {
    for (int round = 0; round < 200; ++round) {
      crew.run(64, [&](std::size_t i) { next[i] = numbers[(i + 1) % 64] + 1; });
      numbers.swap(next);
    }
  });
  EXPECT_EQ(numbers, std::vector<int>(64, 200));
}

TEST(Crew, LeadsAloneWhereNoHelperComes) {
  Crew crew;
  int pieces = 0;
  crew.join([&] { crew.run(5, [&](std::size_t) { ++pieces; }); });
  EXPECT_EQ(pieces, 5);
  crew.join([&] { pieces = 100; });  // a helper that comes too late goes home
  EXPECT_EQ(pieces, 5);
}

TEST(Crew, RunsNoPieces) {
  Crew crew;
  crew.join([&] { crew.run(0, [](std::size_t) { FAIL(); }); });
}

TEST(Crew, ThrowsAPiecesExceptionAfterAllAreDone) {
  Crew crew;
  std::atomic<int> done = 0;
  with_threads(2, crew, [&] {
    EXPECT_THROW(crew.run(20,
                          [&](std::size_t i) {
                            ++done;
                            if (i == 3) throw std::runtime_error("piece 3");
                          }),
                 std::runtime_error);
    EXPECT_EQ(done, 20);
    EXPECT_NO_THROW(crew.run(4, [&](std::size_t) { ++done; }));
  });
  EXPECT_EQ(done, 24);
}

TEST(Crew, LeavesWithTheLeadersException) {
  Crew crew;
  EXPECT_THROW(crew.join([] { throw std::runtime_error("lead"); }), std::runtime_error);
  EXPECT_NO_THROW(crew.join([] {}));
}

TEST(Crew, RefusesMorePiecesThanItCounts) {
  Crew crew;
  crew.join([&] { EXPECT_THROW(crew.run(65536, [](std::size_t) {}), Error); });
}

}  // namespace
}  // namespace akin
