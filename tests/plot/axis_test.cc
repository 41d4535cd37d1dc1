#include "axis.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace akin::plot {
namespace {

TEST(Ticks, StandAtRoundNumbersInsideTheRange) {
  const Ticks ticks = ticks_of({0, 127}, 7);
  EXPECT_EQ(ticks.labels, (std::vector<std::string>{"0", "20", "40", "60", "80", "100", "120"}));
  EXPECT_EQ(ticks_of({-1, 1}, 4).labels, (std::vector<std::string>{"−1.0", "−0.5", "0", "0.5", "1.0"}));
  EXPECT_EQ(ticks_of({0, 4000}, 4).labels, (std::vector<std::string>{"0", "1,000", "2,000", "3,000", "4,000"}));
  EXPECT_EQ(ticks_of({0.0012, 0.0058}, 5).labels, (std::vector<std::string>{"0.002", "0.003", "0.004", "0.005"}));
}

TEST(Ticks, OfAnyRangeAreFewRiseAndStayInside) {
  for (const double low : {-1e12, -7.3, -1e-9, 0.0, 0.4, 123456.0}) {
    for (const double size : {1e-12, 3e-5, 0.7, 1.0, 9.99, 1e7, 2.5e15}) {
      for (std::size_t wanted = 1; wanted < 12; ++wanted) {
        const Range range{low, low + size};
        if (!(range.high > range.low)) continue;
        const Ticks ticks = ticks_of(range, wanted);
        const double rounding = 1e-6 * size + 1e-15 * std::abs(low);  // ticks are multiples of a step, rounded to a double
        ASSERT_FALSE(ticks.values.empty());
        EXPECT_LE(ticks.values.size(), 3 * wanted + 2);
        EXPECT_EQ(ticks.values.size(), ticks.labels.size());
        for (std::size_t i = 0; i < ticks.values.size(); ++i) {
          EXPECT_GE(ticks.values[i], range.low - rounding) << low << " " << size;
          EXPECT_LE(ticks.values[i], range.high + rounding) << low << " " << size;
          if (i > 0) {
            EXPECT_GT(ticks.values[i], ticks.values[i - 1]);
          }
        }
      }
    }
  }
}

TEST(Ticks, LabelsOfTheVerySmallAndTheVeryLargeHavePowers) {
  EXPECT_EQ(tick_label(2e-6, 1e-6), "2e−06");
  EXPECT_EQ(tick_label(-3e9, 1e9), "−3e+09");
  EXPECT_EQ(tick_label(-0.0, 1), "0");
  EXPECT_EQ(tick_label(1e-17, 0.1), "0") << "a rounding error is no label";
}

TEST(RangeFinder, LeavesOutWhatIsNoNumber) {
  RangeFinder finder;
  EXPECT_EQ(finder.range().low, 0);
  EXPECT_EQ(finder.range().high, 1);
  for (const double x : {std::nan(""), 3.0, std::numeric_limits<double>::infinity(), -2.0}) finder.add(x);
  EXPECT_EQ(finder.range().low, -2);
  EXPECT_EQ(finder.range().high, 3);
  EXPECT_DOUBLE_EQ(finder.padded(0.1).high, 3.5);
}

TEST(RangeFinder, GivesRoomWhereAllNumbersAreAlike) {
  for (const double x : {0.0, 5.0, -1e6, 1e300}) {
    RangeFinder finder;
    finder.add(x);
    finder.add(x);
    EXPECT_LT(finder.range().low, x);
    EXPECT_GT(finder.range().high, x);
  }
}

}  // namespace
}  // namespace akin::plot
