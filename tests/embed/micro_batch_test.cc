#include "micro_batch.h"

#include <gtest/gtest.h>

#include <numeric>

#include "akin/base/rng.h"

namespace akin {
namespace {

std::size_t tokens_of(const MicroBatch& batch, const std::vector<std::size_t>& lengths) {
  return std::accumulate(batch.begin(), batch.end(), std::size_t{0}, [&](std::size_t sum, std::size_t i) { return sum + lengths[i]; });
}

TEST(MicroBatch, HoldsEveryTextOnceAndNoMoreTokensThanAllowed) {
  Rng rng(5);
  std::vector<std::size_t> lengths(500);
  for (std::size_t& length : lengths) length = 2 + static_cast<std::size_t>(rng.below(120));
  std::vector<int> seen(lengths.size(), 0);
  for (const MicroBatch& batch : cut_micro_batches(lengths, 256)) {
    ASSERT_FALSE(batch.empty());
    EXPECT_LE(tokens_of(batch, lengths), 256U);
    for (const std::size_t i : batch) ++seen.at(i);
  }
  EXPECT_EQ(seen, std::vector<int>(lengths.size(), 1));
}

TEST(MicroBatch, GivesATextOverTheLimitABatchOfItsOwn) {
  const std::vector<std::size_t> lengths = {3, 900, 5};
  const std::vector<MicroBatch> batches = cut_micro_batches(lengths, 256);
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(batches[0], (MicroBatch{1}));
  EXPECT_EQ(batches[1], (MicroBatch{2, 0}));
}

TEST(MicroBatch, OfNoTextsAreNone) { EXPECT_TRUE(cut_micro_batches({}, 256).empty()); }

TEST(MicroBatch, KeepsTheOrderOfEquallyLongTexts) {
  const std::vector<std::size_t> lengths(6, 10);
  const std::vector<MicroBatch> batches = cut_micro_batches(lengths, 30);
  EXPECT_EQ(batches, (std::vector<MicroBatch>{{0, 1, 2}, {3, 4, 5}}));
}

}  // namespace
}  // namespace akin
