#include "akin/analysis/choose_k.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "points.h"

namespace akin {
namespace {

using analysis::blobs;

TEST(ChooseK, FindsTheNumberOfFarGroups) {
  const Matrix<float> rows = blobs(700, 6, 7, 0.3F, 2);
  for (const KChoice by : {KChoice::silhouette, KChoice::elbow}) {
    Context context(2);
    const ChosenK chosen = choose_k(rows.view(), {.by = by}, {.n_starts = 4}, context);
    EXPECT_EQ(chosen.k, 7U);
    EXPECT_EQ(chosen.result.centres.rows(), 7U);
    EXPECT_GE(chosen.trials.size(), 10U);
  }
}

TEST(ChooseK, TriesTheCandidatesAlone) {
  Context context(2);
  const ChosenK chosen = choose_k(blobs(50, 2, 3, 0.1F, 1).view(), {.candidates = {2, 4}}, {}, context);
  ASSERT_EQ(chosen.trials.size(), 2U);
  EXPECT_EQ(chosen.trials[1].k, 4U);
}

TEST(ChooseK, TriesASampleOfManyRowsAndClustersAll) {
  Context context(2);
  const Matrix<float> rows = blobs(6000, 4, 6, 0.2F, 5);
  const ChosenK chosen = choose_k(rows.view(), {.trial_rows = 500}, {.n_starts = 3}, context);
  EXPECT_EQ(chosen.k, 6U);
  EXPECT_EQ(chosen.result.labels.size(), 6000U);
  EXPECT_LT(chosen.trials[4].inertia, chosen.result.inertia / 6) << "the trial had a twelfth of the rows";
}

TEST(ChooseK, IsTheSameOnAnyNumberOfThreads) {
  const Matrix<float> rows = blobs(3000, 4, 5, 2, 1);
  Context one(1), two(2);
  const ChosenK a = choose_k(rows.view(), {.candidates = {3, 5, 7}, .sample = 1000}, {}, one);
  const ChosenK b = choose_k(rows.view(), {.candidates = {3, 5, 7}, .sample = 1000}, {}, two);
  EXPECT_EQ(a.result.labels, b.result.labels);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(a.trials[i].silhouette, b.trials[i].silhouette);
}

TEST(ChooseK, TakesEqualRowsAndRefusesTooFew) {
  Context context(1);
  EXPECT_EQ(choose_k(analysis::equal_rows(10, 2, 1).view(), {}, {}, context).k, 2U);
  EXPECT_EQ(choose_k(analysis::equal_rows(10, 2, 1).view(), {.by = KChoice::elbow}, {}, context).k, 2U);
  EXPECT_THROW(choose_k(analysis::equal_rows(2, 2, 1).view(), {}, {}, context), Error);
}

TEST(ChooseK, CandidatesGrowWithTheRows) {
  EXPECT_EQ(default_candidates(4), (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(default_candidates(36).back(), 12U);
  EXPECT_LE(default_candidates(1'000'000).back(), 100U);
}

}  // namespace
}  // namespace akin
