#include "akin/nn/relative_buckets.h"

#include <gtest/gtest.h>

#include <string>

#include "akin/formats/safetensors.h"
#include "base/throws.h"
#include "golden_files.h"
#include "nn_fixture.h"

namespace akin::nn {
namespace {

using testing::expect_error;

/// The reference's bucket of every distance from −reach to reach: equal, an edge that moves by one token is another model.
void expect_buckets(const std::string& name, const RelativeBuckets& buckets, std::ptrdiff_t reach) {
  const auto file = open_safetensors(golden::path("positions/positions.safetensors"));
  const TensorView* want = file->find(name);
  ASSERT_NE(want, nullptr) << name;
  std::vector<float> values(want->size());
  want->row_to_float(0, values);
  ASSERT_EQ(values.size(), static_cast<std::size_t>(2 * reach + 1)) << name;
  for (std::ptrdiff_t d = -reach; d <= reach; ++d) {
    EXPECT_EQ(bucket_of(buckets, d), static_cast<std::size_t>(values[static_cast<std::size_t>(d + reach)])) << name << " at " << d;
  }
}

TEST(RelativeBuckets, AreThoseOfT5LookingBothWays) {
  expect_buckets("t5.buckets.both.32.128", {.n_buckets = 32, .max_distance = 128}, 300);
  expect_buckets("t5.buckets.both.16.24", {.n_buckets = 16, .max_distance = 24}, 60);
}

TEST(RelativeBuckets, AreThoseOfT5LookingBack) {
  expect_buckets("t5.buckets.causal.32.128", {.n_buckets = 32, .max_distance = 128, .bidirectional = false}, 300);
  expect_buckets("t5.buckets.causal.16.24", {.n_buckets = 16, .max_distance = 24, .bidirectional = false}, 60);
}

TEST(RelativeBuckets, AreThoseOfMpnet) { expect_buckets("mpnet.buckets.32.128", {.n_buckets = 32, .max_distance = 128}, 300); }

TEST(RelativeBuckets, GiveEachHeadTheTablesRowOfADistance) {
  const RelativeBuckets buckets{.n_buckets = 8, .max_distance = 20};
  const Matrix<float> table = random_rows(8, 3, 5);
  constexpr std::size_t n = 30, width = 2 * n - 1;
  const std::vector<float> bias = distance_bias(buckets, table.view(), n);
  ASSERT_EQ(bias.size(), 3 * width);
  for (std::size_t head = 0; head < 3; ++head) {
    for (std::size_t d = 0; d < width; ++d) {
      const std::size_t bucket = bucket_of(buckets, static_cast<std::ptrdiff_t>(d) - static_cast<std::ptrdiff_t>(n - 1));
      EXPECT_EQ(bias[head * width + d], table(bucket, head)) << "head " << head << ", distance " << d;
    }
  }
}

TEST(RelativeBuckets, StayInTheTableAtAnyDistance) {
  const RelativeBuckets buckets;
  for (const std::ptrdiff_t distance : {std::ptrdiff_t{1} << 31, -(std::ptrdiff_t{1} << 31)}) EXPECT_LT(bucket_of(buckets, distance), 32U);
}

TEST(RelativeBuckets, WantExactBucketsBelowTheLargestDistance) {
  expect_error(ErrorCode::invalid_argument, "too few buckets", [] { bucket_of({.n_buckets = 2}, 1); });
  expect_error(ErrorCode::invalid_argument, "max_distance", [] { bucket_of({.n_buckets = 32, .max_distance = 8}, 1); });
}

}  // namespace
}  // namespace akin::nn
