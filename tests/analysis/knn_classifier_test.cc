#include "akin/analysis/knn_classifier.h"

#include <gtest/gtest.h>

#include "class_cases.h"

namespace akin {
namespace {

using analysis::complaint_of;
using analysis::OwnedRows;

/// Every second row of the golden ones, from the first or the second on.
OwnedRows half(std::size_t first) {
  const OwnedRows all = analysis::golden_classes();
  OwnedRows out{Matrix<float>(all.rows.rows() / 2, all.rows.cols()), {}, 6};
  for (std::size_t r = 0; r < out.rows.rows(); ++r) {
    std::ranges::copy(all.rows.row(2 * r + first), out.rows.row(r).begin());
    out.labels.push_back(all.labels[2 * r + first]);
  }
  return out;
}

TEST(KnnClassifier, SharesVotesAsScikitLearnDoes) {
  const OwnedRows known = half(0), asked = half(1);
  Context context(2);
  for (const KnnVote vote : {KnnVote::uniform, KnnVote::distance}) {
    const Matrix<float> shares = knn_shares(asked.rows.view(), known.view(), {7, vote, Metric::euclidean}, context);
    analysis::expect_near(shares, golden::rows("knn_" + std::string(name_of(vote)), "heads"), 1e-5);  // distances in float
  }
}

TEST(KnnClassifier, AtDistanceZeroOnlyThoseCount) {
  OwnedRows known{analysis::equal_rows(3, 2, 1), {0, 1, 1}, 2};
  known.rows(2, 0) = 2;
  Context context(1);
  const Matrix<float> shares =
      knn_shares(known.rows.view().middle_rows(0, 1), known.view(), {3, KnnVote::distance, Metric::euclidean}, context);
  EXPECT_EQ(shares(0, 0), 0.5F);
  EXPECT_EQ(shares(0, 1), 0.5F);
}

TEST(KnnClassifier, TakesAllWhereThereAreFewerThanK) {
  const OwnedRows known = analysis::labelled_blobs(4, 3, 2, 1, 1);
  Context context(1);
  const Matrix<float> shares = knn_shares(known.rows.view(), known.view(), {.k = 50}, context);
  for (std::size_t r = 0; r < 4; ++r) EXPECT_EQ(shares(r, 0), 0.5F);
}

TEST(KnnClassifier, HasTheSameBitsOnAnyNumberOfThreads) {
  const OwnedRows known = analysis::labelled_blobs(3000, 20, 5, 9, 1);
  Context one(1), two(2);
  for (const Metric metric : {Metric::cosine, Metric::euclidean, Metric::manhattan}) {
    const KnnVoteOptions options{9, KnnVote::distance, metric};
    analysis::expect_same_bits(knn_shares(known.rows.view(), known.view(), options, one),
                               knn_shares(known.rows.view(), known.view(), options, two));
  }
}

TEST(KnnClassifier, RefusesWhatItCannotCompare) {
  const OwnedRows known = analysis::labelled_blobs(4, 3, 2, 1, 1);
  Context context(1);
  EXPECT_NE(complaint_of([&] { knn_shares(known.rows.view(), known.view(), {.k = 0}, context); }), "");
  EXPECT_NE(complaint_of([&] { knn_shares(known.rows.view(), known.view(), {.metric = Metric::dot}, context); }), "");
  EXPECT_NE(complaint_of([&] { knn_shares(Matrix<float>(1, 2).view(), known.view(), {}, context); }), "");
}

}  // namespace
}  // namespace akin
