#include "token_means.h"

#include <gtest/gtest.h>

#include <cmath>

namespace akin::train {
namespace {

TokenMeans three_texts() {
  TokenMeans means;
  means.add(std::vector<std::int32_t>{2, 0, 2, 2});
  means.add(std::vector<std::int32_t>{});
  means.add(std::vector<std::int32_t>{1});
  means.finish(4);
  return means;
}

TEST(TokenMeans, WeighTokensByTheRootOfATextsLength) {
  Context context(2);
  const TokenMeans means = three_texts();
  Matrix<float> vectors(4, 2), out(3, 2);
  for (std::size_t r = 0; r < 4; ++r) vectors(r, 0) = static_cast<float>(r + 1), vectors(r, 1) = 1;
  means.multiply(vectors.view(), out.view(), context);
  EXPECT_FLOAT_EQ(out(0, 0), (1 + 3 * 3) / 2.0F);
  EXPECT_FLOAT_EQ(out(0, 1), 4 / 2.0F);
  EXPECT_FLOAT_EQ(out(1, 0), 0);
  EXPECT_FLOAT_EQ(out(2, 0), 2);
}

TEST(TokenMeans, TransposedIsTheOtherWayRound) {
  Context context(2);
  const TokenMeans means = three_texts();
  Matrix<float> rows(3, 1), out(4, 1);
  rows(0, 0) = 10, rows(1, 0) = 100, rows(2, 0) = 1000;
  means.multiply_transposed(rows.view(), out.view(), context);
  EXPECT_FLOAT_EQ(out(0, 0), 5);
  EXPECT_FLOAT_EQ(out(1, 0), 1000);
  EXPECT_FLOAT_EQ(out(2, 0), 15);
  EXPECT_FLOAT_EQ(out(3, 0), 0);
}

TEST(TokenMeans, CountsWhatItSaw) {
  const TokenMeans means = three_texts();
  EXPECT_EQ(means.counts(), (std::vector<std::uint64_t>{1, 1, 3, 0}));
  EXPECT_EQ(means.n_seen(), 5U);
  EXPECT_EQ(means.n_texts(), 3U);
  EXPECT_EQ(means.n_entries(), 3U);
  EXPECT_FLOAT_EQ(means.column_squares()[2], 9 / 4.0F);
}

}  // namespace
}  // namespace akin::train
