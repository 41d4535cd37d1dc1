#include "akin/base/progress.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace akin {
namespace {

ProgressState state_of(std::uint64_t done, std::uint64_t total, double rate, double seconds_left) {
  return {.label = "embedding", .unit = "texts", .done = done, .total = total, .seconds = 4, .rate = rate, .seconds_left = seconds_left};
}

TEST(ProgressLine, ShowsShareBarCountRateAndTimeLeft) {
  EXPECT_EQ(progress_line(state_of(1234, 2900, 310.4, 5.2), 80),
            "embedding  42% [===========>              ]  1,234/2,900 texts  310/s  5 s left");
  EXPECT_EQ(progress_line(state_of(0, 2900, 0, -1), 70).find("embedding   0% [>"), 0U);
  EXPECT_NE(progress_line(state_of(2900, 2900, 310, 0), 200).find("100% [" + std::string(40, '=') + "]"), std::string::npos);
}

TEST(ProgressLine, NeverPassesTheWidthOfTheTerminal) {
  for (int columns = 1; columns < 200; ++columns)
    EXPECT_LE(progress_line(state_of(1234567, 2900000, 31000, 5000), columns).size(), static_cast<std::size_t>(columns));
}

TEST(ProgressLine, LeavesTheBarOutWhereThereIsNoRoomAndTheShareWhereThereIsNoTotal) {
  EXPECT_EQ(progress_line(state_of(1234, 2900, 310, 5), 60), "embedding  42%  1,234/2,900 texts  310/s  5 s left");
  EXPECT_EQ(progress_line(state_of(1234, 0, 310, -1), 80), "embedding  1,234 texts  310/s");
}

TEST(ProgressLine, WritesLongTimesInMinutesAndHours) {
  EXPECT_NE(progress_line(state_of(1, 0, 1, 125), 80).find("2 min 5 s left"), std::string::npos);
  EXPECT_NE(progress_line(state_of(1, 0, 1, 3661), 80).find("1 h 1 min left"), std::string::npos);
  EXPECT_NE(progress_line(state_of(1, 0, 1, 59.6), 80).find("1 min 0 s left"), std::string::npos);
  EXPECT_NE(progress_line(state_of(1, 0, 1, 1e300), 80).find(" h "), std::string::npos);
}

TEST(ProgressLine, ShowsTenthsOfSlowRates) {
  EXPECT_NE(progress_line(state_of(1, 9, 0.42, 20), 80).find("  0.4/s"), std::string::npos);
  EXPECT_NE(progress_line(state_of(1, 9, 9.96, 20), 80).find("  10/s"), std::string::npos);
  EXPECT_NE(progress_line(state_of(1, 9, 0, -1), 80).find("  0/s"), std::string::npos);
}

TEST(ProgressLine, MoreDoneThanExpectedIsAHundredPercent) {
  EXPECT_NE(progress_line(state_of(30, 20, 1, -1), 80).find("100%"), std::string::npos);
}

TEST(Progress, ReportsAtMostTenTimesASecondAndOnceAtTheEnd) {
  std::vector<ProgressState> reports;
  int finished = 0;
  Progress progress([&](const ProgressState& state, bool end) {
    reports.push_back(state);
    finished += end ? 1 : 0;
  });
  const auto start = std::chrono::steady_clock::now();
  progress.begin("reading", 100000, "files");
  for (int i = 0; i < 100000; ++i) progress.advance(1);
  progress.end();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  EXPECT_EQ(finished, 1);
  EXPECT_GE(reports.size(), 2U);  // the first advance and the end
  EXPECT_LE(static_cast<double>(reports.size()), 2 + 10 * seconds);
  EXPECT_EQ(reports.front().done, 1U);
  EXPECT_EQ(reports.back().done, 100000U);
  EXPECT_EQ(reports.back().label, "reading");
  EXPECT_EQ(reports.back().unit, "files");
}

TEST(Progress, ManyShortPhasesDoNotReportMoreOften) {
  int under_way = 0;
  Progress progress([&](const ProgressState&, bool end) { under_way += end ? 0 : 1; });
  const auto start = std::chrono::steady_clock::now();
  for (int phase = 0; phase < 1000; ++phase) {
    progress.begin("phase", 1, "steps");
    progress.advance(1);
    progress.end();
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  EXPECT_LE(under_way, 1 + 10 * seconds);
}

TEST(Progress, EachPhaseStartsAtZero) {
  ProgressState last;
  Progress progress([&](const ProgressState& state, bool) { last = state; });
  progress.begin("reading", 10, "files");
  progress.advance(10);
  progress.end();
  EXPECT_EQ(last.done, 10U);
  progress.begin("embedding", 0, "texts");
  progress.advance(3);
  progress.set_total(30);
  progress.end();
  EXPECT_EQ(last.label, "embedding");
  EXPECT_EQ(last.done, 3U);
  EXPECT_EQ(last.total, 30U);
}

TEST(Progress, KnowsTheTimeLeftOnlyWithATotal) {
  ProgressState last;
  Progress progress([&](const ProgressState& state, bool) { last = state; });
  progress.begin("embedding", 0, "texts");
  progress.advance(5);
  progress.end();
  EXPECT_EQ(last.seconds_left, -1);
  EXPECT_GT(last.rate, 0);
  progress.begin("embedding", 5, "texts");
  progress.advance(5);
  progress.end();
  EXPECT_EQ(last.seconds_left, 0);
}

TEST(Progress, ShowsTheLabelAndTotalOfTheMoment) {
  ProgressState last;
  Progress progress([&](const ProgressState& state, bool) { last = state; });
  progress.begin("indexing 0/2 files", 0, "tokens");
  progress.set_label("indexing 2/2 files");
  progress.set_total(7);
  progress.end();
  EXPECT_EQ(last.label, "indexing 2/2 files");
  EXPECT_EQ(last.total, 7U);
}

TEST(Progress, CountsFromManyThreads) {
  ProgressState last;
  Progress progress([&](const ProgressState& state, bool) { last = state; });
  progress.begin("embedding", 4000, "texts");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) progress.advance(1);
    });
  }
  for (auto& thread : threads) thread.join();
  progress.end();
  EXPECT_EQ(last.done, 4000U);
}

TEST(Progress, WithoutAReportOnlyCounts) {
  Progress progress;
  progress.begin("embedding", 1, "texts");
  progress.advance(1);
  EXPECT_NO_THROW(progress.end());
}

}  // namespace
}  // namespace akin
