#include "akin/akin.h"

#include <gtest/gtest.h>

namespace akin {
namespace {

TEST(Umbrella, SaysItsVersion) { EXPECT_STREQ(version(), AKIN_VERSION); }

TEST(Umbrella, IsAllThatAProgramNeeds) {
  Context context(1);
  const Embedder embedder = Embedder::load(AKIN_GOLDEN "/sentence-transformers/pool-mean", {}, context);
  const EmbedResult result = embedder.embed(std::vector<std::string>{"one", "one", "other"}, TextRole::plain, context);
  EXPECT_NEAR(distance_between(Metric::cosine, result.vectors.row(0), result.vectors.row(1)), 0, 1e-6);
  EXPECT_GT(distance_between(Metric::cosine, result.vectors.row(0), result.vectors.row(2)), 0);
}

}  // namespace
}  // namespace akin
