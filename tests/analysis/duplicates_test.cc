#include "akin/analysis/duplicates.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>

#include "akin/analysis/equal_items.h"
#include "akin/base/error.h"
#include "duplicate_cases.h"
#include "points.h"

namespace akin {
namespace {

using analysis::chain_by_all_pairs;
using analysis::cosine_of;
using analysis::families_of_rows;
using analysis::families_of_sets;
using analysis::first_numbers;
using analysis::jaccard_of;
using analysis::LikenessOf;
using analysis::Sets;
using analysis::shuffled;
using analysis::star_by_all_pairs;
using Items = std::vector<std::uint32_t>;

Duplicates run(const DuplicateItems& items, const DuplicateOptions& options, int n_threads = 2) {
  Context context(n_threads);
  return find_duplicates(items, options, context);
}

void expect_same(const Duplicates& a, const Duplicates& b) {
  EXPECT_EQ(a.kept, b.kept);
  EXPECT_EQ(a.similarity, b.similarity);
  EXPECT_EQ(a.by, b.by);
}

class DuplicatesOfSets : public testing::Test {
 protected:
  static constexpr std::size_t kItems = 2100;  // three batches
  Sets sets = families_of_sets(kItems, 500, 1);
  DuplicateItems items{.n = kItems, .sets = sets.view()};
  // Among some thousand pairs none is expected to be missed at a recall of 0.9999 just at the threshold.
  DuplicateOptions options{.jaccard = 0.75, .recall = 0.9999};
  LikenessOf likeness = [this](std::size_t a, std::size_t b) { return jaccard_of(sets.view().of(a), sets.view().of(b)); };
};

class DuplicatesOfRows : public testing::Test {
 protected:
  static constexpr std::size_t kItems = 3000;
  Matrix<float> rows = families_of_rows(kItems, 16, 600, 0.25F, 2);
  DuplicateItems items{.n = kItems, .rows = rows.view()};
  DuplicateOptions options{.cosine = 0.93};
  LikenessOf likeness = [this](std::size_t a, std::size_t b) { return cosine_of(rows.row(a), rows.row(b)); };
};

TEST_F(DuplicatesOfSets, GoForTheMostSimilarOneThatStayedBefore) {
  for (const Items& order : {first_numbers(kItems), shuffled(kItems, 3)}) {
    options.order = order;
    const Duplicates found = run(items, options);
    EXPECT_EQ(found.kept, star_by_all_pairs(order, options.jaccard, likeness));
    EXPECT_GT(found.n_going(), kItems / 5);
    for (std::size_t i = 0; i < kItems; ++i) {
      EXPECT_EQ(found.goes(i), found.kept[i] != i);
      EXPECT_EQ(found.by[i], found.goes(i) ? DuplicateBy::sets : DuplicateBy::nothing);
      EXPECT_EQ(found.similarity[i], found.goes(i) ? static_cast<float>(likeness(i, found.kept[i])) : 1.0F);
    }
  }
}

TEST_F(DuplicatesOfRows, GoForTheMostSimilarOneThatStayedBefore) {
  for (const Items& order : {first_numbers(kItems), shuffled(kItems, 4)}) {
    options.order = order;
    const Duplicates found = run(items, options);
    EXPECT_EQ(found.kept, star_by_all_pairs(order, options.cosine, likeness));
    EXPECT_GT(found.n_going(), kItems / 5);
    for (std::size_t i = 0; i < kItems; ++i)
      EXPECT_NEAR(static_cast<double>(found.similarity[i]), found.goes(i) ? likeness(i, found.kept[i]) : 1, 2e-6);
  }
}

TEST_F(DuplicatesOfSets, AreConnectedByChainsAsAllPairsSay) {
  options.groups = DuplicateGroups::chain;
  const Items order = shuffled(kItems, 5);
  options.order = order;
  const Duplicates found = run(items, options);
  EXPECT_EQ(found.kept, chain_by_all_pairs(order, options.jaccard, likeness));
  bool is_far_from_kept = false;
  for (std::size_t i = 0; i < kItems; ++i)
    if (found.goes(i)) is_far_from_kept = is_far_from_kept || static_cast<double>(found.similarity[i]) < options.jaccard;
  EXPECT_TRUE(is_far_from_kept);  // what the similarity is told for
}

TEST_F(DuplicatesOfRows, AreConnectedByChainsAsAllPairsSay) {
  options.groups = DuplicateGroups::chain;
  EXPECT_EQ(run(items, options).kept, chain_by_all_pairs(first_numbers(kItems), options.cosine, likeness));
}

TEST(Duplicates, OfAChainKeepBothEndsUnlessAskedOtherwise) {
  Matrix<float> rows(3, 2);  // directions of 0, 20 and 40 degrees: neighbours are alike, the ends are not
  for (std::size_t r = 0; r < 3; ++r) {
    const double angle = 20 * static_cast<double>(r) * std::acos(-1.0) / 180;
    rows(r, 0) = static_cast<float>(std::cos(angle)), rows(r, 1) = static_cast<float>(std::sin(angle));
  }
  const DuplicateItems items{.n = 3, .rows = rows.view()};
  EXPECT_EQ(run(items, {}).kept, (Items{0, 0, 2}));
  const Duplicates chain = run(items, {.groups = DuplicateGroups::chain});
  EXPECT_EQ(chain.kept, (Items{0, 0, 0}));
  EXPECT_NEAR(static_cast<double>(chain.similarity[2]), std::cos(40 * std::acos(-1.0) / 180), 1e-6);
  EXPECT_EQ(run(items, {.central = true}).kept, (Items{0, 0, 2}));  // of two that are equally central the first
  EXPECT_EQ(run(items, {.groups = DuplicateGroups::chain, .central = true}).kept, (Items{1, 1, 1}));
}

TEST_F(DuplicatesOfRows, KeepTheCentralOneAndStillGoOnlyForWhatTheyAreLike) {
  options.central = true;
  const Duplicates found = run(items, options);
  for (std::size_t i = 0; i < kItems; ++i) {
    if (found.goes(i)) {
      EXPECT_GE(likeness(i, found.kept[i]), options.cosine - 1e-6);
      EXPECT_FALSE(found.goes(found.kept[i]));
    }
    for (std::size_t j = 0; j < i; ++j) ASSERT_TRUE(found.goes(i) || found.goes(j) || likeness(i, j) < options.cosine) << "both stay";
  }
  EXPECT_GT(found.n_going(), kItems / 5);
}

TEST_F(DuplicatesOfSets, HaveTheSameBitsOnAnyNumberOfThreads) {
  const Matrix<float> rows = families_of_rows(kItems, 16, 600, 0.25F, 2);
  items.rows = rows.view();
  for (const bool central : {false, true})
    for (const DuplicateGroups groups : {DuplicateGroups::star, DuplicateGroups::chain}) {
      options.central = central, options.groups = groups, options.cosine = 0.95;
      const Duplicates one = run(items, options, 1);
      expect_same(one, run(items, options, 2));
      expect_same(one, run(items, options, 5));
    }
}

TEST(Duplicates, AreFoundBySetsBeforeRows) {
  Sets sets;
  sets.add({1, 2, 3});
  sets.add({7, 8, 9});
  sets.add({1, 2, 3});
  sets.add({4, 5, 6});
  Matrix<float> rows(4, 2);
  rows(0, 0) = rows(1, 1) = rows(2, 1) = rows(3, 1) = 1;  // 1, 2 and 3 have one direction
  const Duplicates found = run({.n = 4, .sets = sets.view(), .rows = rows.view()}, {});
  EXPECT_EQ(found.kept, (Items{0, 1, 0, 1}));
  EXPECT_EQ(found.by, (std::vector{DuplicateBy::nothing, DuplicateBy::nothing, DuplicateBy::sets, DuplicateBy::rows}));
}

TEST(Duplicates, ThatAreEqualGoWithTheFirstOfThem) {
  Matrix<float> rows(5, 2);
  rows(0, 0) = rows(1, 1) = rows(2, 1) = rows(4, 0) = 1;
  rows(3, 0) = 1, rows(3, 1) = 0.1F;
  const Items equal = {0, 1, 1, 3, 3};  // told from outside: row 4 is not looked at
  const Duplicates found = run({.n = 5, .equal_to = equal, .rows = rows.view()}, {});
  EXPECT_EQ(found.kept, (Items{0, 1, 1, 0, 0}));
  EXPECT_EQ(found.by,
            (std::vector{DuplicateBy::nothing, DuplicateBy::nothing, DuplicateBy::equality, DuplicateBy::rows, DuplicateBy::rows}));
  EXPECT_EQ(found.similarity[2], 1);
  EXPECT_EQ(found.similarity[4], found.similarity[3]);
  EXPECT_EQ(run({.n = 5, .equal_to = equal}, {}).kept, (Items{0, 1, 1, 3, 3}));  // with nothing else to go by
}

TEST(Duplicates, AgainstKnownItemsAreNotLookedForAmongTheOthers) {
  const Matrix<float> rows = families_of_rows(5000, 12, 1000, 0.2F, 8);
  constexpr std::size_t kKnown = 2500;
  const Duplicates found = run({.n = 5000, .rows = rows.view()}, {.cosine = 0.95, .n_known = kKnown});
  std::size_t n_found = 0;
  for (std::size_t i = 0; i < 5000; ++i) {
    std::uint32_t wanted = static_cast<std::uint32_t>(i);
    double most = 0.95;
    for (std::uint32_t k = 0; k < kKnown && i >= kKnown; ++k)
      if (const double cosine = cosine_of(rows.row(i), rows.row(k)); cosine >= most) most = cosine, wanted = k;
    ASSERT_EQ(found.kept[i], wanted) << i;
    n_found += found.goes(i) ? 1 : 0;
  }
  EXPECT_GT(n_found, 500U);
  const Items equal = {0, 0, 0, 3, 3};  // 1 is a known one that is there twice; 2 is new and known, 4 only new
  const Duplicates equals = run({.n = 5, .equal_to = equal}, {.n_known = 2});
  EXPECT_EQ(equals.kept, (Items{0, 1, 0, 3, 4}));
}

TEST(Duplicates, OfItemsThatAreAllAlikeTakeNoMoreThanAPass) {
  // Were every pair looked at, two hundred million of each kind would take minutes.
  constexpr std::size_t kItems = 20'000;
  const Matrix<float> rows = families_of_rows(kItems, 32, 1, 0.01F, 9);
  Sets sets;
  Rng rng(10);
  const Items common = analysis::random_keys(60, rng);
  for (std::size_t i = 0; i < kItems; ++i) {
    Items set = common;
    set[i % 60] = static_cast<std::uint32_t>(i);
    sets.add(set);
  }
  const auto start = std::chrono::steady_clock::now();
  for (const DuplicateGroups groups : {DuplicateGroups::star, DuplicateGroups::chain}) {
    EXPECT_EQ(run({.n = kItems, .sets = sets.view()}, {.groups = groups}).n_going(), kItems - 1);
    EXPECT_EQ(run({.n = kItems, .rows = rows.view()}, {.groups = groups}).n_going(), kItems - 1);
  }
  // A second here; a sanitizer and a busy machine may take ten times as long.
  EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), 60);
}

TEST(Duplicates, OfFewItemsHaveAnAnswer) {
  EXPECT_TRUE(run({}, {}).kept.empty());
  const Matrix<float> one = analysis::equal_rows(1, 3, 2), zeros = analysis::equal_rows(3, 3, 0), equal = analysis::equal_rows(5, 3, 2);
  EXPECT_EQ(run({.n = 1, .rows = one.view()}, {}).kept, Items{0});
  EXPECT_EQ(run({.n = 3, .rows = zeros.view()}, {}).kept, (Items{0, 1, 2}));
  for (const bool central : {false, true})
    for (const DuplicateGroups groups : {DuplicateGroups::star, DuplicateGroups::chain})
      EXPECT_EQ(run({.n = 5, .rows = equal.view()}, {.cosine = 1, .groups = groups, .central = central}).kept, (Items{0, 0, 0, 0, 0}));
  EXPECT_EQ(run({.n = 2}, {}).kept, (Items{0, 1}));  // nothing to compare them by
}

TEST(Duplicates, RefuseWhatTheyCannotCompare) {
  Matrix<float> rows = analysis::blobs(20, 2, 2, 1, 1);
  const Items order = {0, 0}, equal = {0};
  EXPECT_THROW(run({.n = 20, .rows = rows.view()}, {.cosine = 0}), Error);
  EXPECT_THROW(run({.n = 20, .rows = rows.view()}, {.cosine = 1.01}), Error);
  EXPECT_THROW(run({.n = 20, .rows = rows.view()}, {.cosine = std::nan("")}), Error);
  EXPECT_THROW(run({.n = 20, .rows = rows.view()}, {.jaccard = 0}), Error);
  EXPECT_THROW(run({.n = 19, .rows = rows.view()}, {}), Error);
  EXPECT_THROW(run({.n = 20, .equal_to = equal}, {}), Error);
  EXPECT_THROW(run({.n = 2}, {.order = order}), Error);
  EXPECT_THROW(run({.n = 2}, {.n_known = 3}), Error);
  rows(7, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(run({.n = 20, .rows = rows.view()}, {}), Error);
  rows(7, 1) = std::numeric_limits<float>::infinity();
  EXPECT_THROW(run({.n = 20, .rows = rows.view()}, {}), Error);
}

TEST(Duplicates, StopWhenTheyAreAskedTo) {
  const Matrix<float> rows = analysis::blobs(3000, 8, 20, 1, 1);
  for (const DuplicateGroups groups : {DuplicateGroups::star, DuplicateGroups::chain}) {
    Context context(2);
    context.cancel.cancel();
    EXPECT_THROW(find_duplicates({.n = 3000, .rows = rows.view()}, {.groups = groups}, context), Error);
  }
}

}  // namespace
}  // namespace akin
