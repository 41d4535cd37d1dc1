#include "akin/base/background.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <vector>

namespace akin {
namespace {

TEST(Background, WorksBesideTheCaller) {
  Background background;
  std::promise<void> go;
  std::atomic<int> n{0};
  background.run([&] {
    go.get_future().wait();
    n = 1;
  });
  EXPECT_EQ(n, 0);  // it cannot have ended: it waits for this thread
  go.set_value();
  background.wait();
  EXPECT_EQ(n, 1);
}

TEST(Background, DoesOnePieceAfterTheOther) {
  Background background;
  std::vector<int> order;  // no lock: two at a time would be found by the thread sanitizer
  for (int i = 0; i < 100; ++i) background.run([&order, i] { order.push_back(i); });
  background.wait();
  ASSERT_EQ(order.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(Background, ThrowsWhereItIsWaitedForAndGoesOn) {
  Background background;
  background.run([] { throw std::runtime_error("full"); });
  EXPECT_THROW(background.wait(), std::runtime_error);
  EXPECT_NO_THROW(background.wait());
  background.run([] { throw std::runtime_error("full"); });
  EXPECT_THROW(background.run([] {}), std::runtime_error);
  int n = 0;
  background.run([&] { n = 1; });
  background.wait();
  EXPECT_EQ(n, 1);
}

TEST(Background, FinishesWhatIsUnderWayBeforeItEnds) {
  std::atomic<int> n{0};
  {
    Background background;
    background.run([&] { n = 1; });
  }
  EXPECT_EQ(n, 1);
  { const Background idle; }
}

}  // namespace
}  // namespace akin
