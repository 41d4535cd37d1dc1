#include "akin/analysis/equal_items.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "akin/base/error.h"
#include "akin/base/rng.h"

namespace akin {
namespace {

using Items = std::vector<std::uint32_t>;

Items run(const std::vector<std::string_view>& items, const Items& order = {}, int n_threads = 2) {
  Context context(n_threads);
  return first_equals(items, order, context);
}

TEST(EqualItems, AreKnownByTheFirstOfThem) {
  EXPECT_EQ(run({"a", "b", "a", "", "b", "a", ""}), (Items{0, 1, 0, 3, 1, 0, 3}));
  EXPECT_EQ(run({}), Items{});
  EXPECT_EQ(run({"x"}), Items{0});
}

TEST(EqualItems, FollowTheOrderThatIsAskedFor) {
  EXPECT_EQ(run({"a", "b", "a", "a"}, {3, 1, 2, 0}), (Items{3, 1, 3, 3}));
  EXPECT_EQ(run({"a", "a", "b"}, {2, 1, 0}), (Items{1, 1, 2}));
}

TEST(EqualItems, DifferInOneByteOrInLength) {
  const std::string zero("a\0b", 3);
  EXPECT_EQ(run({"a", zero, std::string_view(zero).substr(0, 2), "A", "a "}), (Items{0, 1, 2, 3, 4}));
}

TEST(EqualItems, AreWhatAComparisonOfAllPairsFindsOnAnyNumberOfThreads) {
  Rng rng(5);
  std::vector<std::string> texts;
  for (int i = 0; i < 3000; ++i) texts.push_back(std::string(rng.below(3), 'x') + std::to_string(rng.below(700)));
  const std::vector<std::string_view> items(texts.begin(), texts.end());
  Items order(items.size()), wanted(items.size());
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
  for (const std::uint32_t item : order)
    wanted[item] = *std::ranges::find_if(order, [&](std::uint32_t other) { return items[other] == items[item]; });
  for (const int n_threads : {1, 2, 5}) EXPECT_EQ(run(items, order, n_threads), wanted);
}

TEST(EqualItems, RefuseAnOrderThatIsNotOneOfAll) {
  EXPECT_THROW(run({"a", "b"}, {0}), Error);
  EXPECT_THROW(run({"a", "b"}, {0, 0}), Error);
  EXPECT_THROW(run({"a", "b"}, {0, 2}), Error);
}

TEST(EqualItems, StopWhenTheyAreAskedTo) {
  Context context(1);
  context.cancel.cancel();
  EXPECT_THROW(first_equals(std::vector<std::string_view>{"a"}, {}, context), Error);
}

}  // namespace
}  // namespace akin
