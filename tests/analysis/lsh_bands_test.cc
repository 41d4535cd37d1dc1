#include "akin/analysis/lsh_bands.h"

#include <gtest/gtest.h>

#include <cmath>

#include "akin/base/error.h"

namespace akin {
namespace {

TEST(LshBands, MeetAsTheFormulaSays) {
  // Mining of Massive Datasets, section 3.4.2: 20 bands of 5.
  EXPECT_NEAR(meeting_share({20, 5}, 0.2), 0.006, 5e-4);
  EXPECT_NEAR(meeting_share({20, 5}, 0.5), 0.470, 5e-4);
  EXPECT_NEAR(meeting_share({20, 5}, 0.8), 0.9996, 5e-5);
  EXPECT_EQ(meeting_share({7, 3}, 0), 0);
  EXPECT_EQ(meeting_share({7, 3}, 1), 1);
}

TEST(LshBands, FindWhatIsAskedForWithTheHashesThereAre) {
  for (int percent = 5; percent <= 100; ++percent)
    for (const double recall : {0.5, 0.9, 0.99, 0.9999}) {
      const double threshold = percent / 100.0;
      const LshBands bands = choose_bands(threshold, recall);
      EXPECT_GE(meeting_share(bands, threshold), recall - 1e-12) << threshold;
      // A single hash a band is taken even where that is more than 128: there is no other way to such recall.
      EXPECT_TRUE(bands.n_bands * bands.n_hashes <= 128 || bands.n_hashes == 1) << threshold;
    }
}

TEST(LshBands, AreAsLongAsTheyMayBe) {
  const LshBands bands = choose_bands(0.8, 0.99);
  EXPECT_EQ(bands.n_hashes, 6U);
  EXPECT_EQ(bands.n_bands, 16U);
  EXPECT_LT(meeting_share(bands, 0.4), 0.07);  // few that are half as alike are compared
  EXPECT_EQ(choose_bands(1, 0.99).n_bands, 1U);
}

TEST(LshBands, RefuseWhatTheyCannotDo) {
  EXPECT_THROW(choose_bands(0.04, 0.99), Error);
  EXPECT_THROW(choose_bands(1.1, 0.99), Error);
  EXPECT_THROW(choose_bands(std::nan(""), 0.99), Error);
  EXPECT_THROW(choose_bands(0.8, 1), Error);
  EXPECT_THROW(choose_bands(0.8, 0.4), Error);
}

}  // namespace
}  // namespace akin
