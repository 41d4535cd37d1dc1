#include "akin/train/pairs_data.h"

#include <gtest/gtest.h>

#include <set>

#include "base/throws.h"

namespace akin {
namespace {

TEST(PairsData, KeepsEqualTextsOnce) {
  TextPairs pairs;
  pairs.add("a", "b");
  pairs.add("b", "c");
  EXPECT_EQ(pairs.texts(), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(pairs.list()[0].positive, pairs.list()[1].anchor);
  EXPECT_EQ(pairs.labels(), (std::vector<std::int32_t>{-1, -1, -1}));
}

TEST(PairsData, HoldsOutAShareByTheSeed) {
  const auto make = [] {
    TextPairs pairs;
    for (int i = 0; i < 100; ++i) pairs.add("a" + std::to_string(i), "b" + std::to_string(i));
    return pairs;
  };
  TextPairs pairs = make(), same = make(), other = make();
  const std::vector<TuningPair> held_out = pairs.hold_out(0.1, 1);
  EXPECT_EQ(held_out.size(), 10U);
  EXPECT_EQ(pairs.list().size(), 90U);
  std::set<std::uint32_t> anchors;
  for (const TuningPair& pair : held_out) anchors.insert(pair.anchor);
  for (const TuningPair& pair : pairs.list()) anchors.insert(pair.anchor);
  EXPECT_EQ(anchors.size(), 100U);
  const auto first_of = [](const std::vector<TuningPair>& list) { return list.front().anchor; };
  EXPECT_EQ(first_of(same.hold_out(0.1, 1)), first_of(held_out));
  EXPECT_NE(other.hold_out(0.1, 2).back().anchor, held_out.back().anchor);
  EXPECT_TRUE(make().hold_out(0, 1).empty());
  TextPairs few = make();
  EXPECT_EQ(few.hold_out(0.999, 1).size(), 99U);  // never all
}

TEST(PairsData, PairsTextsOfALabel) {
  const TextPairs pairs = pairs_of_labels({"a", "b", "c", "x", "y", "alone", "a"}, {"1", "1", "1", "2", "2", "3", "1"}, 42);
  EXPECT_EQ(pairs.texts().size(), 6U);
  EXPECT_EQ(pairs.list().size(), 5U);  // one has no other of its label
  for (const TuningPair& pair : pairs.list()) {
    EXPECT_NE(pair.anchor, pair.positive);
    EXPECT_EQ(pairs.labels()[pair.anchor], pairs.labels()[pair.positive]);
  }
  testing::expect_error(ErrorCode::invalid_argument, "there are no pairs", [] { pairs_of_labels({"a", "b"}, {"1", "2"}, 42); });
  testing::expect_error(ErrorCode::mismatch, "a label a text", [] { pairs_of_labels({"a", "b"}, {"1"}, 42); });
}

TEST(PairsData, EveryPassHasEveryPairInAnOrderOfItsOwn) {
  PairOrder order(10, 42);
  std::vector<std::size_t> two = order.get(0, 20);
  const std::vector<std::size_t> first(two.begin(), two.begin() + 10), second(two.begin() + 10, two.end());
  EXPECT_EQ(std::set<std::size_t>(first.begin(), first.end()).size(), 10U);
  EXPECT_EQ(std::set<std::size_t>(second.begin(), second.end()).size(), 10U);
  EXPECT_NE(first, second);
  // Any stretch is the same, whatever was asked before.
  PairOrder again(10, 42);
  EXPECT_EQ(again.get(7, 6), std::vector<std::size_t>(two.begin() + 7, two.begin() + 13));
}

}  // namespace
}  // namespace akin
