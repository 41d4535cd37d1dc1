#include "set_likeness.h"

#include <gtest/gtest.h>

#include <cmath>

#include "akin/base/error.h"
#include "band_table.h"
#include "duplicate_cases.h"

namespace akin::analysis {
namespace {

using Keys = std::vector<std::uint32_t>;

TEST(Jaccard, IsTheShareOfAllKeysThatBothHave) {
  EXPECT_EQ(jaccard(Keys{1, 2, 3}, Keys{2, 3, 4}), 0.5);
  EXPECT_EQ(jaccard(Keys{1, 2, 3}, Keys{1, 2, 3}), 1);
  EXPECT_EQ(jaccard(Keys{1, 2}, Keys{3, 4, 5}), 0);
  EXPECT_EQ(jaccard(Keys{7}, Keys{1, 3, 5, 7}), 0.25);
  EXPECT_EQ(jaccard(Keys{}, Keys{1}), 0);
  EXPECT_EQ(jaccard(Keys{}, Keys{}), 0);
  Rng rng(1);
  for (int i = 0; i < 50; ++i) {
    Sets sets;
    sets.add(random_keys(rng.below(60), rng));
    sets.add(i % 2 == 0 ? Keys(sets.keys) : random_keys(rng.below(60), rng));
    EXPECT_EQ(jaccard(sets.view().of(0), sets.view().of(1)), jaccard_of(sets.view().of(0), sets.view().of(1)));
  }
}

TEST(BandTable, FindsTheNewestFirstAndOnlyInTheRange) {
  BandTable table(2, 4);
  table.add(Keys{1, 0x8000'0000});
  table.add(Keys{1, 5});
  table.add(Keys{2, 5});
  const auto found = [&](const Keys& keys, KeptRange among) {
    Keys out;
    table.find(keys, among, [&](std::uint32_t entry) { out.push_back(entry); });
    return out;
  };
  EXPECT_EQ(found({1, 5}, {0, 3}), (Keys{1, 0, 2, 1}));
  EXPECT_EQ(found({1, 5}, {1, 2}), (Keys{1, 1}));
  EXPECT_EQ(found({5, 1}, {0, 3}), Keys{});  // the same key in another band
  EXPECT_EQ(found({9, 0x8000'0000}, {0, 3}), Keys{0});
  table.clear();
  EXPECT_EQ(found({1, 5}, {0, 3}), Keys{});
}

/// The share of pairs of that Jaccard similarity that are found.
double share_found(const LshBands& bands, double similarity, std::size_t n_pairs) {
  Rng rng(static_cast<std::uint64_t>(similarity * 1000));
  Sets sets;
  for (std::size_t i = 0; i < n_pairs; ++i) {
    const auto [a, b] = keys_alike(200, similarity, rng);
    sets.add(a);
    sets.add(b);
  }
  Context context(2);
  const auto likeness = make_set_likeness(sets.view(), {0.05, bands, 7});
  Keys first, second, places(n_pairs);
  for (std::uint32_t i = 0; i < n_pairs; ++i) first.push_back(2 * i), second.push_back(2 * i + 1), places[i] = i;
  likeness->begin(first, context);
  likeness->keep(places);
  likeness->begin(second, context);
  std::vector<Match> best(n_pairs);
  likeness->match(std::vector<KeptRange>(n_pairs, {0, static_cast<std::uint32_t>(n_pairs)}), best, context);
  std::size_t n_found = 0;
  for (std::uint32_t i = 0; i < n_pairs; ++i) {
    if (best[i].kept != i) continue;
    ++n_found;
    EXPECT_EQ(static_cast<double>(best[i].similarity), static_cast<double>(static_cast<float>(similarity)));  // the true one, no estimate
  }
  return static_cast<double>(n_found) / static_cast<double>(n_pairs);
}

TEST(SetLikeness, FindsTheShareOfPairsThatTheBandsPromise) {
  constexpr std::size_t kPairs = 4000;
  for (const LshBands& bands : {LshBands{16, 6}, LshBands{5, 3}, LshBands{20, 1}})
    for (const double similarity : {0.1, 0.3, 0.5, 0.7, 0.8, 0.9}) {
      const double wanted = meeting_share(bands, similarity);
      // Four standard deviations of a count of so many pairs, and one pair.
      const double allowed = 4 * std::sqrt(wanted * (1 - wanted) / kPairs) + 1.0 / kPairs;
      EXPECT_NEAR(share_found(bands, similarity, kPairs), wanted, allowed)
          << bands.n_bands << " bands of " << bands.n_hashes << " at " << similarity;
    }
}

TEST(SetLikeness, TakesTheMostSimilarAndNoneBelowTheThreshold) {
  const Sets sets = families_of_sets(600, 40, 3);
  const SetsView view = sets.view();
  Context context(2);
  const double threshold = 0.75;
  const auto likeness = make_set_likeness(view, {threshold, choose_bands(threshold, 0.9999), 1});
  Keys kept(300), asked(300);
  for (std::uint32_t i = 0; i < 300; ++i) kept[i] = i, asked[i] = 300 + i;
  likeness->begin(kept, context);
  likeness->keep(kept);
  likeness->begin(asked, context);
  std::vector<Match> best(300);
  std::vector<KeptRange> among(300);
  for (std::uint32_t i = 0; i < 300; ++i) among[i] = {i / 3, 300 - i / 2};
  likeness->match(among, best, context);
  std::size_t n_found = 0;
  for (std::uint32_t i = 0; i < 300; ++i) {
    Match wanted;
    for (std::uint32_t k = among[i].begin; k < among[i].end; ++k)
      if (const double found = jaccard_of(view.of(asked[i]), view.of(k)); found >= threshold) wanted.take(k, static_cast<float>(found));
    EXPECT_EQ(best[i].kept, wanted.kept) << i;
    EXPECT_EQ(best[i].similarity, wanted.similarity) << i;
    n_found += best[i].kept != kNoItem ? 1 : 0;
  }
  EXPECT_GT(n_found, 20U);
  EXPECT_LT(n_found, 290U);
}

TEST(SetLikeness, NamesThePairsOfABatch) {
  const Sets sets = families_of_sets(300, 20, 4);
  Context context(2);
  const auto likeness = make_set_likeness(sets.view(), {0.7, choose_bands(0.7, 0.9999), 1});
  Keys items(300), places;
  for (std::uint32_t i = 0; i < 300; ++i) {
    items[i] = 299 - i;
    if (i % 3 != 1) places.push_back(i);
  }
  likeness->begin(items, context);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> got, wanted;
  for (const AlikePair& pair : likeness->pairs(places, context)) got.emplace_back(pair.later, pair.earlier);
  for (const std::uint32_t later : places)
    for (const std::uint32_t earlier : places)
      if (earlier < later && jaccard_of(sets.view().of(items[earlier]), sets.view().of(items[later])) >= 0.7)
        wanted.emplace_back(later, earlier);
  std::ranges::sort(got);
  EXPECT_EQ(got, wanted);
  EXPECT_GT(got.size(), 50U);
}

TEST(SetLikeness, TakesAnEmptySetForLikeNone) {
  Sets sets;
  sets.add({});
  sets.add({});
  sets.add({1, 2});
  Context context(1);
  const auto likeness = make_set_likeness(sets.view(), {0.5, choose_bands(0.5, 0.99), 1});
  const Keys all = {0, 1, 2};
  likeness->begin(all, context);
  EXPECT_TRUE(likeness->pairs(all, context).empty());
  likeness->keep(all);
  std::vector<Match> best(3);
  likeness->match(std::vector<KeptRange>(3, {0, 3}), best, context);
  EXPECT_EQ(best[0].kept, kNoItem);
  EXPECT_EQ(best[1].kept, kNoItem);
  EXPECT_EQ(best[2].kept, 2U);
  Parts parts(3);
  likeness->join(all, parts, context);
  EXPECT_NE(parts.of(0), parts.of(1));
}

TEST(SetLikeness, ForgetsWhatWasKept) {
  Sets sets;
  sets.add({1, 2, 3});
  Context context(1);
  const auto likeness = make_set_likeness(sets.view(), {0.5, choose_bands(0.5, 0.99), 1});
  const Keys all = {0};
  std::vector<Match> best(1);
  likeness->begin(all, context);
  likeness->keep(all);
  likeness->forget();
  likeness->match(std::vector<KeptRange>(1, {0, 1}), best, context);
  EXPECT_EQ(best[0].kept, kNoItem);
}

}  // namespace
}  // namespace akin::analysis
