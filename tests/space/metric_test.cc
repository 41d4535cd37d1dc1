#include "akin/space/metric.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "akin/base/error.h"

namespace akin {
namespace {

TEST(Metric, IsReadByTheNameItIsWrittenWith) {
  for (const Metric metric : {Metric::cosine, Metric::dot, Metric::euclidean, Metric::manhattan})
    EXPECT_EQ(metric_from(name_of(metric)), metric);
}

TEST(Metric, NamesTheChoicesWhenTheNameIsUnknown) {
  try {
    metric_from("l2");
    FAIL() << "an unknown name was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_STREQ(error.what(), "unknown metric 'l2': choose one of cosine, dot, euclidean, manhattan");
  }
}

TEST(Metric, GivesTheDistancesOfAPairWorkedOutByHand) {
  const std::vector<float> a = {3, 4, 0}, b = {0, 4, 3};
  EXPECT_NEAR(distance_between(Metric::cosine, a, b), 1 - 16.0 / 25, 1e-7);  // one rounding to float
  EXPECT_EQ(distance_between(Metric::dot, a, b), -16.0F);
  EXPECT_FLOAT_EQ(distance_between(Metric::euclidean, a, b), std::sqrt(18.0F));
  EXPECT_EQ(distance_between(Metric::manhattan, a, b), 6.0F);
}

TEST(Metric, CallsAZeroVectorNeitherNearNorOpposite) {
  const std::vector<float> zero = {0, 0}, b = {1, 2};
  EXPECT_EQ(distance_between(Metric::cosine, zero, b), 1.0F);
  EXPECT_EQ(distance_between(Metric::cosine, zero, zero), 1.0F);
}

TEST(Metric, DoesNotLoseTheCosineOfTinyVectors) {
  const std::vector<float> a = {1e-30F, 0}, b = {1e-30F, 1e-30F};
  EXPECT_NEAR(distance_between(Metric::cosine, a, b), 1 - std::sqrt(0.5), 1e-7);  // one rounding to float
}

TEST(Metric, TurnsADistanceIntoASimilarity) {
  EXPECT_FLOAT_EQ(similarity_of(Metric::cosine, 0.25F), 0.75F);
  EXPECT_EQ(similarity_of(Metric::dot, -16), 16.0F);
  EXPECT_EQ(similarity_of(Metric::euclidean, 0), 1.0F);
  EXPECT_EQ(similarity_of(Metric::manhattan, 3), 0.25F);
}

TEST(Metric, RefusesVectorsOfDifferentLengths) {
  const std::vector<float> a = {1, 2}, b = {1, 2, 3};
  try {
    static_cast<void>(distance_between(Metric::dot, a, b));
    FAIL() << "a distance was given";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::mismatch);
    EXPECT_NE(std::string(error.what()).find("2 and 3 dimensions"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace akin
