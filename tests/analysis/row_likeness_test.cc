#include "row_likeness.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "duplicate_cases.h"

namespace akin::analysis {
namespace {

using Items = std::vector<std::uint32_t>;

Items range(std::uint32_t begin, std::uint32_t end) {
  Items out(end - begin);
  std::iota(out.begin(), out.end(), begin);
  return out;
}

/// Keeps items [0, n), a batch at a time, as duplicates.cc does.
void keep_all(Likeness& likeness, std::uint32_t n, Context& context) {
  for (std::uint32_t first = 0; first < n; first += 1000) {
    const Items batch = range(first, std::min(n, first + 1000));
    likeness.begin(batch, context);
    likeness.keep(range(0, static_cast<std::uint32_t>(batch.size())));
  }
}

TEST(RowLikeness, FindsTheNearestKeptRowAsAComparisonOfAllDoes) {
  constexpr std::uint32_t kKept = 18'000, kAsked = 300;  // two segments that are full, and an open one
  const Matrix<float> rows = families_of_rows(kKept + kAsked, 24, 5000, 0.35F, 1);
  Context context(2);
  const auto likeness = make_row_likeness(rows.view(), {0.9, false}, context);
  keep_all(*likeness, kKept, context);
  likeness->begin(range(kKept, kKept + kAsked), context);
  std::vector<KeptRange> among(kAsked, {0, kKept});
  std::vector<Match> best(kAsked);
  likeness->match(among, best, context);
  std::size_t n_found = 0;
  for (std::uint32_t i = 0; i < kAsked; ++i) {
    std::uint32_t wanted = kNoItem;
    double most = 0.9;
    for (std::uint32_t k = 0; k < kKept; ++k)
      if (const double cosine = cosine_of(rows.row(kKept + i), rows.row(k)); cosine >= most) most = cosine, wanted = k;
    ASSERT_EQ(best[i].kept, wanted) << i;
    if (wanted == kNoItem) continue;
    EXPECT_NEAR(static_cast<double>(best[i].similarity), most, 2e-6);  // rounding of a sum of 24 products
    ++n_found;
  }
  EXPECT_GT(n_found, 30U);
  EXPECT_LT(n_found, 290U);
}

TEST(RowLikeness, LooksOnlyAmongWhatIsAskedFor) {
  for (const bool by_graph : {false, true}) {
    const Matrix<float> rows = families_of_rows(9000, 8, 3, 0, 2);  // three directions
    Context context(2);
    const auto likeness = make_row_likeness(rows.view(), {0.99, by_graph}, context);
    keep_all(*likeness, 8000, context);
    const Items batch = range(8000, 8010);
    likeness->begin(batch, context);
    likeness->keep(Items{0, 4});  // rows 8000 and 8004, numbers 8000 and 8001
    std::vector<KeptRange> among(10);
    among[3] = {8000, 8001}, among[7] = {8000, 8002}, among[8] = {8000, 8002}, among[9] = {8001, 8001};
    std::vector<Match> best(10);
    likeness->match(among, best, context);
    for (std::uint32_t i = 0; i < 10; ++i) {
      const bool is_like_first = (i == 3), is_like_second = (i == 7);  // 8003 % 3 == 8000 % 3, 8007 % 3 == 8004 % 3
      EXPECT_EQ(best[i].kept, is_like_first ? 8000U : is_like_second ? 8001U : kNoItem) << i << " " << by_graph;
    }
  }
}

TEST(RowLikeness, NamesThePairsOfABatch) {
  const Matrix<float> rows = families_of_rows(400, 20, 60, 0.3F, 3);
  Context context(2);
  const auto likeness = make_row_likeness(rows.view(), {0.92, false}, context);
  likeness->begin(range(0, 400), context);
  Items places;
  for (std::uint32_t i = 0; i < 400; ++i)
    if (i % 5 != 0) places.push_back(i);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> got, wanted;
  for (const AlikePair& pair : likeness->pairs(places, context)) got.emplace_back(pair.later, pair.earlier);
  for (const std::uint32_t later : places)
    for (const std::uint32_t earlier : places)
      if (earlier < later && cosine_of(rows.row(earlier), rows.row(later)) >= 0.92) wanted.emplace_back(later, earlier);
  EXPECT_EQ(got, wanted);
  EXPECT_GT(got.size(), 50U);
}

TEST(RowLikeness, OfTheGraphMissesOneInAHundredAtMost) {
  constexpr std::uint32_t kKept = 20'000, kAsked = 1000;
  const Matrix<float> rows = families_of_rows(kKept + kAsked, 32, 4000, 0.3F, 4);
  Context context(2);
  const auto scan = make_row_likeness(rows.view(), {0.9, false}, context), graph = make_row_likeness(rows.view(), {0.9, true}, context);
  std::vector<Match> exact(kAsked), found(kAsked);
  const std::vector<KeptRange> among(kAsked, {0, kKept});
  for (const auto& [likeness, best] : {std::pair(scan.get(), &exact), std::pair(graph.get(), &found)}) {
    keep_all(*likeness, kKept, context);
    likeness->begin(range(kKept, kKept + kAsked), context);
    likeness->match(among, *best, context);
  }
  std::size_t n = 0, n_missed = 0;
  for (std::uint32_t i = 0; i < kAsked; ++i) {
    if (exact[i].kept == kNoItem) {
      EXPECT_EQ(found[i].kept, kNoItem);
      continue;
    }
    ++n;
    n_missed += found[i].kept == kNoItem ? 1 : 0;
  }
  EXPECT_GT(n, 300U);
  EXPECT_LE(n_missed * 100, n);  // measured: none of some eight hundred
}

TEST(RowLikeness, TakesARowOfZerosForLikeNone) {
  Matrix<float> rows(4, 3);
  rows(2, 0) = rows(3, 0) = 5;
  for (const bool by_graph : {false, true}) {
    Context context(1);
    const auto likeness = make_row_likeness(rows.view(), {0.5, by_graph}, context);
    const Items all = range(0, 4);
    likeness->begin(all, context);
    EXPECT_EQ(likeness->pairs(all, context).size(), 1U);
    likeness->keep(all);
    likeness->begin(all, context);
    std::vector<Match> best(4);
    likeness->match(std::vector<KeptRange>(4, {0, 4}), best, context);
    EXPECT_EQ(best[0].kept, kNoItem);
    EXPECT_EQ(best[1].kept, kNoItem);
    EXPECT_GE(best[2].kept, 2U);
    EXPECT_EQ(best[2].similarity, 1);
  }
}

TEST(RowLikeness, TakesOneDirectionForAlikeAtAnyThreshold) {
  const Matrix<float> rows = families_of_rows(200, 300, 1, 0, 5);  // one direction, two hundred lengths
  Context context(2);
  const auto likeness = make_row_likeness(rows.view(), {1, false}, context);
  likeness->begin(range(0, 200), context);
  EXPECT_EQ(likeness->pairs(range(0, 200), context).size(), 200U * 199 / 2);
}

TEST(RowLikeness, JoinsWhatAllPairsJoin) {
  const Matrix<float> rows = families_of_rows(9500, 12, 2500, 0.25F, 6);  // past a segment
  Context context(2);
  const auto likeness = make_row_likeness(rows.view(), {0.95, false}, context);
  const Items all = range(0, 9500);
  Parts parts(all.size()), wanted(all.size());
  likeness->join(all, parts, context);
  for (std::uint32_t a = 0; a < all.size(); ++a)
    for (std::uint32_t b = a % 2500; b < a; b += 2500)  // of one family; others are joined by chains that are checked below
      if (cosine_of(rows.row(a), rows.row(b)) >= 0.95) wanted.join(a, b);
  for (std::uint32_t a = 0; a < all.size(); ++a) EXPECT_EQ(parts.of(a), parts.of(wanted.of(a))) << a;
  // And nothing else: who stands alone is like nobody.
  std::size_t n_alone = 0;
  for (std::uint32_t a = 0; a < all.size() && n_alone < 50; ++a) {
    if (parts.size_of(a) > 1) continue;
    ++n_alone;
    for (std::uint32_t b = 0; b < all.size(); ++b) ASSERT_TRUE(a == b || cosine_of(rows.row(a), rows.row(b)) < 0.95 - kCosineRounding);
  }
  EXPECT_GT(n_alone, 10U);
}

}  // namespace
}  // namespace akin::analysis
