#include "akin/base/context.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "base/throws.h"

namespace akin {
namespace {

TEST(Context, PassesItsCancelTokenToParallelWork) {
  Context context(2);
  context.cancel.cancel();
  std::atomic<int> begun{0};
  testing::expect_error(ErrorCode::cancelled, "cancelled",
                        [&] { context.parallel_for(10, 1, [&](std::size_t, std::size_t) { ++begun; }); });
  EXPECT_EQ(begun, 0);
}

TEST(Context, RunsWorkOnItsPool) {
  Context context(3);
  EXPECT_EQ(context.pool.n_threads(), 3);
  std::atomic<int> visits{0};
  context.parallel_for(100, 7, [&](std::size_t begin, std::size_t end) { visits += static_cast<int>(end - begin); });
  EXPECT_EQ(visits, 100);
}

TEST(Context, GivesMessagesToItsSinkAndDropsThemWithoutOne) {
  Context context(1);
  EXPECT_NO_THROW(context.warn("dropped"));
  std::vector<std::string> lines;
  context.log = [&](LogLevel level, std::string_view line) { lines.push_back(std::string(name_of(level)) + ": " + std::string(line)); };
  context.warn("a.pdf: no text on page 3");
  context.info("two files");
  EXPECT_EQ(lines, (std::vector<std::string>{"warning: a.pdf: no text on page 3", "info: two files"}));
}

TEST(Context, CarriesAProgressThatASurfaceCanDraw) {
  int finished = 0;
  Context context(1, [&](const ProgressState&, bool end) { finished += end ? 1 : 0; });
  context.progress.begin("embedding", 3, "texts");
  context.progress.end();
  EXPECT_EQ(finished, 1);
}

TEST(Context, HasTheSameSeedUnlessTold) { EXPECT_EQ(Context(1).seed, Context(2).seed); }

}  // namespace
}  // namespace akin
