// Sets of ids against sets of the standard library: in any order, with repeats, few and many, and all but some.
#include "id_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "akin/base/rng.h"

namespace akin::store {
namespace {

using Ids = std::vector<std::uint64_t>;

Ids some_ids(Rng& rng, std::size_t n, std::uint64_t most) {
  Ids ids(n);
  for (std::uint64_t& id : ids) id = rng.below(most) + 1;
  return ids;
}

Ids ids_of(const IdSet& set) { return {set.ids().begin(), set.ids().end()}; }

TEST(IdSet, PutsIdsInOrderOnce) {
  Rng rng(1);
  for (const std::size_t n : {0, 1, 2, 999, 1000, 5000}) {
    for (const std::uint64_t most : {std::uint64_t{3}, std::uint64_t{100'000}, std::uint64_t{1} << 62}) {
      const Ids ids = some_ids(rng, n, most);
      const std::set<std::uint64_t> wanted(ids.begin(), ids.end());
      EXPECT_EQ(ids_of(IdSet::of(ids)), Ids(wanted.begin(), wanted.end())) << n << " ids up to " << most;
    }
  }
}

TEST(IdSet, IsJoinedAsSetsAre) {
  Rng rng(2);
  for (int round = 0; round < 200; ++round) {
    const Ids some = some_ids(rng, rng.below(20), 30), others = some_ids(rng, rng.below(20), 30);
    IdSet a = IdSet::of(some), b = IdSet::of(others);
    const bool not_a = rng.below(2) == 0, not_b = rng.below(2) == 0;
    if (not_a) a = std::move(a).inverted();
    if (not_b) b = std::move(b).inverted();
    const IdSet both = IdSet::both(a, b), either = IdSet::either(a, b);
    const auto has = [](const IdSet& set, std::uint64_t id) { return (std::ranges::count(set.ids(), id) != 0) != set.is_all_but(); };
    for (std::uint64_t id = 0; id <= 31; ++id) {
      const bool in_a = (std::ranges::count(some, id) != 0) != not_a, in_b = (std::ranges::count(others, id) != 0) != not_b;
      EXPECT_EQ(has(both, id), in_a && in_b) << id;
      EXPECT_EQ(has(either, id), in_a || in_b) << id;
    }
    EXPECT_TRUE(std::ranges::is_sorted(both.ids()));
    EXPECT_TRUE(std::ranges::is_sorted(either.ids()));
  }
}

}  // namespace
}  // namespace akin::store
