#include "akin/index/row_filter.h"

#include <gtest/gtest.h>

#include <limits>

#include "akin/base/error.h"
#include "akin/base/rng.h"

namespace akin {
namespace {

using Offsets = std::vector<std::uint32_t>;

Offsets selected(const RowFilter& filter, std::uint64_t first_id, std::size_t n) {
  Offsets offsets;
  filter.select(first_id, n, offsets);
  return offsets;
}

TEST(RowFilter, KeepsEverythingUnlessTold) {
  const RowFilter filter;
  EXPECT_TRUE(filter.keeps_all());
  EXPECT_EQ(filter.count(7), 7U);
  EXPECT_EQ(selected(filter, 100, 3), (Offsets{0, 1, 2}));
}

TEST(RowFilter, SelectsTheSameByBitsAsByIdsInEveryWindow) {
  Rng rng(1);
  std::vector<std::uint64_t> bits(4), ids;
  for (std::uint64_t& word : bits) word = rng.next() & rng.next();
  for (std::uint64_t id = 0; id < 250; ++id)
    if ((bits[id / 64] >> id % 64 & 1) != 0) ids.push_back(id);
  const RowFilter by_bits = RowFilter::from_bits(bits), by_ids = RowFilter::from_ids(ids);
  for (std::uint64_t first = 0; first <= 250; ++first)
    for (const std::size_t n : {0, 1, 2, 63, 64, 65, 128, 200}) {
      if (first + n > 250) continue;
      Offsets expected;
      for (const std::uint64_t id : ids)
        if (id >= first && id < first + n) expected.push_back(static_cast<std::uint32_t>(id - first));
      EXPECT_EQ(selected(by_bits, first, n), expected) << first << ' ' << n;
      EXPECT_EQ(selected(by_ids, first, n), expected) << first << ' ' << n;
    }
  for (std::size_t n = 0; n <= 250; ++n) EXPECT_EQ(by_bits.count(n), by_ids.count(n)) << n;
}

TEST(RowFilter, IgnoresBitsPastTheLastRow) {
  const std::vector<std::uint64_t> bits = {std::numeric_limits<std::uint64_t>::max()};
  const RowFilter filter = RowFilter::from_bits(bits);
  EXPECT_NO_THROW(filter.check(3));
  EXPECT_EQ(filter.count(3), 3U);
  EXPECT_EQ(selected(filter, 0, 3), (Offsets{0, 1, 2}));
}

TEST(RowFilter, GivesItsBitsHoweverItWasMade) {
  const std::vector<std::uint64_t> bits = {std::uint64_t{1} << 63 | 2, 4}, ids = {1, 63, 66};
  std::vector<std::uint64_t> room;
  EXPECT_EQ(RowFilter::from_bits(bits).bits(70, room).data(), bits.data());
  const auto made = RowFilter::from_ids(ids).bits(70, room);
  EXPECT_EQ(std::vector(made.begin(), made.end()), bits);
}

TEST(RowFilter, RefusesBitsThatDoNotCoverTheRows) {
  const std::vector<std::uint64_t> bits(1);
  EXPECT_NO_THROW(RowFilter::from_bits(bits).check(64));
  EXPECT_THROW(RowFilter::from_bits(bits).check(65), Error);
}

TEST(RowFilter, RefusesIdsThatFallRepeatOrAreNotThere) {
  const std::vector<std::uint64_t> falling = {2, 1}, twice = {1, 1}, beyond = {1, 5};
  EXPECT_THROW(RowFilter::from_ids(falling).check(10), Error);
  EXPECT_THROW(RowFilter::from_ids(twice).check(10), Error);
  EXPECT_THROW(RowFilter::from_ids(beyond).check(5), Error);
  EXPECT_NO_THROW(RowFilter::from_ids(beyond).check(6));
}

}  // namespace
}  // namespace akin
