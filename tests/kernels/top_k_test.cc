// The collector of the k smallest against a stable sort, on every CPU target.
#include "akin/kernels/top_k.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/kernels/target.h"
#include "distance_reference.h"

namespace akin::kernels {
namespace {

// Few different values, so that ties are everywhere.
std::vector<float> with_ties(std::size_t n, std::uint64_t seed, std::uint64_t n_values) {
  Rng rng(seed);
  std::vector<float> values(n);
  for (float& value : values) value = static_cast<float>(rng.below(n_values)) - 3;
  return values;
}

std::vector<std::uint64_t> ids_of(const std::vector<Scored>& entries) {
  std::vector<std::uint64_t> ids;
  for (const Scored& entry : entries) ids.push_back(entry.id);
  return ids;
}

std::vector<std::uint64_t> expected(std::span<const float> values, std::size_t k) {
  const std::vector<std::size_t> order = reference::smallest(values, k);
  return {order.begin(), order.end()};
}

TEST(TopK, EqualsAStableSortWhateverTheSizeAndTheTies) {
  for_each_target([&](std::string_view target) {
    for (const std::size_t n : {0, 1, 5, 63, 64, 65, 511, 512, 513, 5000})
      for (const std::size_t k : {1, 2, 10, 100, 600})
        for (const std::uint64_t n_values : {1, 7, 100000}) {
          const std::vector<float> values = with_ties(n, n + k, n_values);
          EXPECT_EQ(ids_of(smallest_k(values, k)), expected(values, k)) << target << " n " << n << " k " << k << " values " << n_values;
        }
  });
}

TEST(TopK, KeepsTheLowerIdOfEqualValuesWhenTheyFallAndWhenTheyRise) {
  std::vector<float> falling(3000);
  for (std::size_t i = 0; i < falling.size(); ++i) falling[i] = -static_cast<float>(i / 3);
  EXPECT_EQ(ids_of(smallest_k(falling, 5)), (std::vector<std::uint64_t>{2997, 2998, 2999, 2994, 2995}));
  EXPECT_EQ(ids_of(largest_k(falling, 5)), (std::vector<std::uint64_t>{0, 1, 2, 3, 4}));
}

TEST(TopK, GivesTheSameWhenTheValuesComeInBlocks) {
  const std::vector<float> values = with_ties(5000, 3, 50);
  for (const std::size_t block : {1, 7, 512, 1000}) {
    TopK top(20);
    for (std::size_t begin = 0; begin < values.size(); begin += block)
      top.push(std::span(values).subspan(begin, std::min(block, values.size() - begin)), begin);
    EXPECT_EQ(ids_of(top.take()), expected(values, 20)) << "blocks of " << block;
  }
}

TEST(TopK, GivesTheSameWhenPartsAreMergedInAnyOrder) {
  const std::vector<float> values = with_ties(3000, 4, 20);
  TopK first(15), second(15), third(15);
  first.push(std::span(values).first(1000), 0);
  second.push(std::span(values).subspan(1000, 1000), 1000);
  third.push(std::span(values).subspan(2000), 2000);
  third.merge(first);
  third.merge(second);
  EXPECT_EQ(ids_of(third.take()), expected(values, 15));
}

TEST(TopK, TakesIdsFromAList) {
  const std::vector<float> values = {5, 1, 1, 0, 9};
  const std::vector<std::uint32_t> ids = {3, 10, 11, 40, 41};
  TopK top(3);
  top.push(values, ids, 100);
  const std::vector<Scored> kept = top.take();
  EXPECT_EQ(ids_of(kept), (std::vector<std::uint64_t>{140, 110, 111}));
  EXPECT_EQ(kept[0].distance, 0.0F);
}

TEST(TopK, CountsNanAndInfinityLastButKeepsThemIfNothingElseIsThere) {
  const float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> values(200, infinity);
  values[1] = NAN;
  values[150] = 2;
  values[199] = -infinity;
  for_each_target([&](std::string_view target) {
    EXPECT_EQ(ids_of(smallest_k(values, 5)), (std::vector<std::uint64_t>{199, 150, 0, 1, 2})) << target;
    EXPECT_EQ(ids_of(largest_k(std::vector<float>{NAN, 1, 2}, 3)), (std::vector<std::uint64_t>{2, 1, 0})) << target;
  });
}

TEST(TopK, FindsASmallValueBesideANan) {
  for_each_target([&](std::string_view target) {
    for (std::size_t at = 0; at < 200; ++at) {
      std::vector<float> values(200, 1);
      values[at] = 0;
      values[at ^ 1U] = NAN;
      EXPECT_EQ(smallest_k(values, 1)[0].id, at) << target;
    }
  });
}

TEST(TopK, IsEmptyAndUsableAgainAfterTake) {
  TopK top(2);
  top.push(std::vector<float>{3, 1, 2}, 0);
  EXPECT_EQ(top.take().size(), 2U);
  EXPECT_TRUE(top.take().empty());
  top.push(std::vector<float>{8}, 4);
  EXPECT_EQ(ids_of(top.take()), (std::vector<std::uint64_t>{4}));
}

TEST(TopK, RefusesZero) { EXPECT_THROW(smallest_k(std::vector<float>{1}, 0), Error); }

TEST(PositionsBelow, ListsWhatIsBelowOnEveryTarget) {
  for_each_target([&](std::string_view target) {
    for (std::size_t n = 0; n < 150; ++n) {
      std::vector<float> values(n);
      for (std::size_t i = 0; i < n; ++i) values[i] = static_cast<float>(i * 7 % 10);
      if (n > 4) values[4] = std::numeric_limits<float>::quiet_NaN();
      std::vector<std::uint32_t> found(n), wanted;
      for (std::size_t i = 0; i < n; ++i)
        if (values[i] < 3) wanted.push_back(static_cast<std::uint32_t>(i));
      found.resize(positions_below(values, 3, found));
      EXPECT_EQ(found, wanted) << target << " n " << n;
    }
  });
}

TEST(Shift, AddsTheBaseAndAnOffsetToEachOnEveryTarget) {
  for_each_target([&](std::string_view target) {
    for (const std::size_t n : {0, 1, 7, 16, 33, 256}) {
      std::vector<float> values(n), offsets(n), wanted(n);
      for (std::size_t i = 0; i < n; ++i) {
        values[i] = 0.1F * static_cast<float>(i);
        offsets[i] = 3 - 0.7F * static_cast<float>(i);
        wanted[i] = values[i] + (1.3F + offsets[i]);
      }
      shift(values, offsets, 1.3F);
      EXPECT_EQ(values, wanted) << target << " n " << n;
    }
  });
}

}  // namespace
}  // namespace akin::kernels
