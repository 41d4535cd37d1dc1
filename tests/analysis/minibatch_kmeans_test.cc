#include "akin/analysis/minibatch_kmeans.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "points.h"

namespace akin {
namespace {

using analysis::blobs;
using analysis::equal_rows;

TEST(MinibatchKMeans, ComesNearToKMeans) {
  Context context(2);
  const Matrix<float> rows = blobs(20'000, 8, 40, 2, 1);
  const KMeansResult all = kmeans(rows.view(), {.k = 40}, context), some = minibatch_kmeans(rows.view(), {.k = 40, .batch = 1024}, context);
  EXPECT_LT(some.inertia, 1.1 * all.inertia);
  EXPECT_GT(some.inertia, 0.95 * all.inertia);
  EXPECT_TRUE(some.converged);
}

TEST(MinibatchKMeans, HasTheSameBitsOnAnyNumberOfThreadsAndOnEveryRun) {
  const Matrix<float> rows = blobs(9000, 12, 20, 3, 1);
  for (const bool spherical : {false, true}) {
    const MinibatchKMeansOptions options{.k = 15, .batch = 500, .max_steps = 40, .spherical = spherical};
    Context one(1), two(2);
    const KMeansResult a = minibatch_kmeans(rows.view(), options, one);
    for (Context* context : {&one, &two}) {
      const KMeansResult b = minibatch_kmeans(rows.view(), options, *context);
      EXPECT_EQ(a.labels, b.labels);
      EXPECT_EQ(a.inertia, b.inertia);
      EXPECT_TRUE(std::equal(a.centres.data(), a.centres.data() + a.centres.size(), b.centres.data()));
    }
  }
}

TEST(MinibatchKMeans, TakesOneRowAndEqualRows) {
  Context context(1);
  EXPECT_EQ(minibatch_kmeans(equal_rows(1, 2, 1).view(), {.k = 1}, context).labels, std::vector<std::int32_t>{0});
  EXPECT_EQ(minibatch_kmeans(equal_rows(50, 2, 1).view(), {.k = 3}, context).labels, std::vector<std::int32_t>(50, 0));
}

TEST(MinibatchKMeans, RefusesWhatItCannotCluster) {
  Context context(1);
  EXPECT_THROW(minibatch_kmeans(equal_rows(3, 2, 1).view(), {.k = 4}, context), Error);
  EXPECT_THROW(minibatch_kmeans(equal_rows(3, 2, 1).view(), {.k = 0}, context), Error);
  EXPECT_THROW(minibatch_kmeans(equal_rows(3, 2, 1).view(), {.k = 1, .batch = 0}, context), Error);
}

}  // namespace
}  // namespace akin
