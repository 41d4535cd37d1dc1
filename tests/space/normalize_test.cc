#include "akin/space/normalize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "akin/base/rng.h"

namespace akin {
namespace {

TEST(Normalize, GivesLengthOneAndSaysWhatItWas) {
  std::vector<float> v = {3, 4};
  EXPECT_EQ(normalize(v), 5.0F);
  EXPECT_FLOAT_EQ(v[0], 0.6F);
  EXPECT_FLOAT_EQ(v[1], 0.8F);
}

TEST(Normalize, LeavesAZeroVectorAlone) {
  std::vector<float> v = {0, 0, 0};
  EXPECT_EQ(normalize(v), 0.0F);
  EXPECT_EQ(v, (std::vector<float>{0, 0, 0}));
}

TEST(Normalize, HandlesNumbersWhoseSquaresDoNotFitAFloat) {
  std::vector<float> large = {3e30F, 4e30F}, small = {3e-30F, 4e-30F};
  normalize(large);
  normalize(small);
  EXPECT_FLOAT_EQ(large[0], 0.6F);
  EXPECT_FLOAT_EQ(small[1], 0.8F);
}

TEST(Normalize, GivesEveryRowLengthOneOnAnyNumberOfThreads) {
  Matrix<float> one(1000, 17), two(1000, 17);
  Rng rng(1);
  for (std::size_t i = 0; i < one.size(); ++i) one.data()[i] = two.data()[i] = rng.normal();
  EXPECT_FALSE(has_unit_rows(one.view()));
  Context single(1), pair(2);
  normalize_rows(one.view(), single);
  normalize_rows(two.view(), pair);
  EXPECT_TRUE(has_unit_rows(one.view(), 1e-6F));  // 17 roundings of at most 6e-8, most of which cancel
  for (std::size_t i = 0; i < one.size(); ++i) ASSERT_EQ(one.data()[i], two.data()[i]);
}

TEST(Normalize, DoesNotCallANanALength) {
  const std::vector<float> v = {NAN, 1};
  EXPECT_FALSE(has_unit_rows({v.data(), 1, 2}));
}

}  // namespace
}  // namespace akin
