#include "akin/analysis/isolation_forest.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "class_cases.h"

namespace akin {
namespace {

using analysis::complaint_of;

TEST(MeanPathLength, IsThatOfABinarySearchTree) {
  // The published formula (Liu et al., 2008, equation 1): 2 H(n − 1) − 2 (n − 1) / n, with H(i) = ln i + γ.
  EXPECT_EQ(mean_path_length(0), 0);
  EXPECT_EQ(mean_path_length(1), 0);
  EXPECT_EQ(mean_path_length(2), 1);
  EXPECT_NEAR(mean_path_length(256), 10.244770920119917, 1e-12);  // scikit-learn's _average_path_length
}

TEST(IsolationForest, ScoresAsTheMeanOfScikitLearnsForests) {
  const Matrix<float> rows = golden::rows("rows", "outliers");
  const std::vector<float> wanted = golden::numbers("iforest", "outliers");  // of 2,000 trees
  Context context(2);
  const std::vector<double> found = IsolationForest(rows.view(), {.n_trees = 2000}, context).scores(rows.view(), context);
  // A path's deviation is about 2 of 10.2: of 2,000 trees each, 0.06 in the mean, 0.5 % of the score; four times that.
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i] / static_cast<double>(wanted[i]), 1, 0.02) << i;
}

TEST(IsolationForest, HasTheSameBitsOnAnyNumberOfThreadsAndInAnyCompany) {
  const Matrix<float> rows = analysis::blobs(3000, 5, 4, 1, 1);
  Context one(1), two(2);
  const IsolationForest first(rows.view(), {}, one), other(rows.view(), {}, two);
  const std::vector<double> scores = first.scores(rows.view(), one);
  EXPECT_EQ(scores, other.scores(rows.view(), two));
  EXPECT_EQ(scores, IsolationForest(rows.view(), {}, one).scores(rows.view(), one));
  EXPECT_EQ(first.scores(rows.view().middle_rows(1234, 1), one)[0], scores[1234]);
  Context seeded(1);
  seeded.seed = 7;
  EXPECT_NE(scores, IsolationForest(rows.view(), {}, seeded).scores(rows.view(), seeded));
}

TEST(IsolationForest, OfEqualRowsAndOfOneRowTellsNothing) {
  Context context(1);
  for (const std::size_t n : {1UL, 2UL, 300UL}) {
    const Matrix<float> rows = analysis::equal_rows(n, 3, 1);
    for (const double score : IsolationForest(rows.view(), {}, context).scores(rows.view(), context)) EXPECT_NEAR(score, 0.5, 1e-7);
  }
}

TEST(IsolationForest, FindsTheRowThatLiesAlone) {
  Matrix<float> rows = analysis::blobs(500, 4, 1, 0.1F, 1);
  rows(77, 2) = 50;
  Context context(2);
  const std::vector<double> scores = IsolationForest(rows.view(), {}, context).scores(rows.view(), context);
  EXPECT_EQ(std::ranges::max_element(scores) - scores.begin(), 77);
}

TEST(IsolationForest, RefusesWhatItCannotCut) {
  Matrix<float> rows = analysis::blobs(9, 2, 1, 1, 1);
  Context context(1);
  EXPECT_NE(complaint_of([&] { IsolationForest(rows.view(), {.n_trees = 0}, context); }), "");
  EXPECT_NE(complaint_of([&] { IsolationForest(rows.view(), {.sample = 40'000}, context); }), "");
  const IsolationForest forest(rows.view(), {}, context);
  EXPECT_NE(complaint_of([&] { static_cast<void>(forest.scores(Matrix<float>(1, 3).view(), context)); }), "");
  rows(8, 0) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(complaint_of([&] { IsolationForest(rows.view(), {}, context); }),
            "isolation forest: row 8 has a number that is not finite (rows count from 0)");
}

}  // namespace
}  // namespace akin
