#include "akin/analysis/cross_validation.h"

#include <gtest/gtest.h>

#include <set>

#include "akin/analysis/nearest_centroid.h"
#include "class_cases.h"

namespace akin {
namespace {

TEST(StratifiedFolds, DealEachClassOutEvenly) {
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 100; ++i) labels.push_back(i < 20 ? 0 : 1);
  const std::vector<std::int32_t> folds = stratified_folds(labels, 2, 5, 42);
  for (std::int32_t fold = 0; fold < 5; ++fold) {
    std::size_t n_first = 0, n_all = 0;
    for (std::size_t r = 0; r < 100; ++r) {
      n_all += folds[r] == fold ? 1 : 0;
      n_first += folds[r] == fold && labels[r] == 0 ? 1 : 0;
    }
    EXPECT_EQ(n_all, 20U);
    EXPECT_EQ(n_first, 4U);
  }
  EXPECT_EQ(folds, stratified_folds(labels, 2, 5, 42));
  EXPECT_NE(folds, stratified_folds(labels, 2, 5, 43));
}

TEST(StratifiedFolds, NeverHoldOutTheOnlyRowOfAClass) {
  const std::vector<std::int32_t> labels = {0, 0, 0, 1, 2, 2};
  const std::vector<std::int32_t> folds = stratified_folds(labels, 3, 2, 1);
  EXPECT_EQ(folds[3], kNeverHeldOut);
  EXPECT_NE(folds[4], folds[5]);
  EXPECT_NE(analysis::complaint_of([&] { stratified_folds(labels, 3, 1, 1); }), "");
  const std::vector<std::int32_t> single = {0, 1};
  EXPECT_EQ(analysis::complaint_of([&] { stratified_folds(single, 2, 2, 1); }), "cross-validation: no class has two rows");
}

TEST(HeldOutScores, ComeFromRowsThatWereNotTrainedOn) {
  const analysis::OwnedRows data = analysis::labelled_blobs(300, 4, 3, 0.1F, 1);
  Context context(2);
  const std::vector<std::int32_t> folds = stratified_folds(data.labels, 3, 4, 7);
  std::set<std::size_t> seen;
  const HeldOutScores found = held_out_scores(
      data.view(), folds,
      [&](const LabelledRows& trained, MatrixView<const float> asked, std::size_t fold) {
        seen.insert(fold);
        EXPECT_EQ(trained.rows.rows() + asked.rows(), 300U);
        return linear_scores(asked, nearest_centroid(trained, context), context);
      },
      context);
  EXPECT_EQ(seen.size(), 4U);
  EXPECT_EQ(found.labels.size(), 300U);
  EXPECT_EQ(found.accuracy(), 1);
}

}  // namespace
}  // namespace akin
